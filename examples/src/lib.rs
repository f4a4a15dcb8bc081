//! The common code of the example programs. Each program has its own protocol.

pub mod both;
mod exchange;
mod flood;
pub mod http;
mod program;
mod terminal;
pub mod transfer;
pub mod users;
pub mod websocket;

pub use exchange::exchange;
pub use flood::Flood;
pub use program::{EACH, demo, exit, halved, interrupted, interruptible, log, unhurried};
pub use terminal::{inputs, printable, say, show};
