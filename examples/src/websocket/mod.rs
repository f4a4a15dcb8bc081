//! WebSocket (RFC 6455), without extensions: the common code of the programs `ws` and `chat`.
//!
//! An [upgrade] turns an HTTP connection into one of [frames](protocol). [`Messages`] joins frames
//! into messages and checks their order; it does no I/O. [`Socket`] is a session that sends and
//! receives messages.

mod budget;
mod messages;
#[path = "../bin/ws/protocol.rs"]
pub mod protocol;
mod socket;
pub mod upgrade;

pub use budget::{Budget, Share};
pub use messages::{Event, Fault, Message, Messages, Side, answer, code};
pub use socket::Socket;

/// The maximum number of bytes of a frame without its payload.
pub const OVERHEAD: usize = 14;
