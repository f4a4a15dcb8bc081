//! The common code of the example programs. Each program has its own protocol.

pub mod both;
mod budget;
mod exchange;
mod flood;
pub mod http;
mod network;
mod program;
mod terminal;
pub mod transfer;
mod turns;
pub mod users;
pub mod websocket;

pub use budget::{Budget, Share};
pub use exchange::exchange;
pub use flood::Flood;
pub use network::Network;
pub use program::{EACH, demo, exit, halved, interrupted, interruptible, log, unhurried};
pub use terminal::{excerpt, inputs, printable, say, show};
pub use turns::Turns;
