//! Servers and clients on tokio.
//!
//! A server is [`serve`] or a [`Server`] with a closure or a [`Handler`]; a client is a
//! [`Client`]. Datagrams have [`udp`]. What a stranger may take of a server is
//! bounded from the start: see [`Limits`].
//!
//! Work is batched: everything that has arrived is decoded and handled, the
//! handlers write into one out-buffer, and that is written once. A handler that waits
//! does not hold back the replies made before it.
//!
//! # What a server says
//!
//! Nothing is printed by itself. Servers and clients say what happens through [`tracing`](https://docs.rs/tracing):
//! where they listen, connections that are refused, bytes that are no frame and where the fault is, limits that were
//! reached, handlers that panicked. To see it, begin `main` with one line, from the crate `tracing-subscriber`:
//!
//! ```
//! tracing_subscriber::fmt::init();
//! ```
//!
//! With its feature `env-filter` the variable `RUST_LOG` chooses what is shown, and only errors are until it is set: `RUST_LOG=info`.

mod calls;
mod client;
mod clock;
mod close;
mod concurrent;
mod conn;
mod connection;
mod desk;
mod fleet;
mod halves;
mod handler;
mod hub;
mod limits;
mod line;
mod listener;
mod outbox;
mod pool;
mod reconnect;
mod server;
mod stats;
#[cfg(feature = "tls")]
pub mod tls;
pub mod udp;

pub use calls::{Calls, Unclaimed};
pub use client::Client;
pub use close::{Close, CloseReason, Malformed, Timeout};
pub use conn::{Conn, Peer, TrySendError};
pub use halves::{Receiver, Sender};
pub use handler::{Handler, IntoHandler, Reply, Service};
pub use hub::{Broadcast, Delivery, Hub, Member};
pub use limits::Limits;
pub use listener::IntoListener;
pub use reconnect::{Backoff, Reconnecting};
pub use server::{BoundServer, Server, serve};
pub use stats::{Counters, Stats};
