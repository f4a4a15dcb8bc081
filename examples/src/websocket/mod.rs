//! WebSocket (RFC 6455), without extensions: what the programs `ws` and `chat` share.
//!
//! An [upgrade] turns a connection of HTTP into one of [frames](protocol). [`Messages`] puts frames together and knows their
//! rules; it does no I/O. [`Socket`] is a session that speaks in messages.

mod budget;
mod messages;
#[path = "../bin/ws/protocol.rs"]
pub mod protocol;
mod socket;
pub mod upgrade;

pub use budget::{Budget, Share};
pub use messages::{Event, Fault, Message, Messages, Side, answer, code};
pub use socket::Socket;

/// What a frame has at most beside its payload.
pub const OVERHEAD: usize = 14;
