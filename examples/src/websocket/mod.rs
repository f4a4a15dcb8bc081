//! WebSocket (RFC 6455) without extensions: the common code of `ws` and `chat`.
//!
//! An [upgrade] turns an HTTP connection into a WebSocket connection, which transmits
//! [frames](protocol). [`Messages`] joins frames into messages, and does no I/O. [`Socket`] sends
//! and receives messages over a session.

mod messages;
#[path = "../bin/ws/protocol.rs"]
pub mod protocol;
mod socket;
pub mod upgrade;

use std::time::Duration;

pub use messages::{Event, Fault, Message, Messages, Side, answer, code};
pub use socket::Socket;

/// A memory budget for the pieces of incomplete messages.
pub type Budget = crate::Budget<crate::Network>;

/// The part of the budget that a connection uses.
pub type Share = crate::Share<crate::Network>;

/// How long a message may take to arrive if it is split into several frames.
pub const WHOLE: Duration = Duration::from_secs(60);

/// The maximum size of a frame without its payload.
pub const OVERHEAD: usize = 14;
