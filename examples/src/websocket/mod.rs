//! WebSocket (RFC 6455) without extensions: the common code of `ws` and `chat`.
//!
//! An [upgrade] turns an HTTP connection into a WebSocket connection, which transmits
//! [frames](protocol). [`Messages`] joins frames into messages, and does no I/O. [`Socket`] sends
//! and receives messages over a session.

mod budget;
mod messages;
#[path = "../bin/ws/protocol.rs"]
pub mod protocol;
mod socket;
pub mod upgrade;

pub use budget::{Budget, Share};
pub use messages::{Event, Fault, Message, Messages, Side, answer, code};
pub use socket::Socket;

/// The maximum size of a frame without its payload.
pub const OVERHEAD: usize = 14;
