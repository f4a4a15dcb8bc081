//! Servers and clients on tokio.
//!
//! Start a server with [`serve`], or with [`Server`] to set options. Both take a closure or a
//! [`Handler`]. A client is a [`Client`]. For datagrams see [`udp`]. The resources that a peer can
//! use are limited by default: see [`Limits`].
//!
//! Work is batched: all frames that have arrived are decoded and handled, the handlers write into
//! one out-buffer, and the out-buffer is written once. A handler that waits does not delay earlier
//! replies.
//!
//! # Imports
//!
//! The [prelude](crate::prelude) has what a handler, a session and a client need: [`Handler`],
//! [`Conn`], [`Close`], [`CloseReason`], [`Malformed`], [`Session`], [`Server`],
//! [`Client`] and [`serve`]. Import other items of this module by name. A glob import
//! (`use framewright::net::*`) also brings general names such as [`Reply`], [`Part`] and
//! [`Sender`], which are ambiguous if a protocol's own types come from a glob import too.
//!
//! # What a server logs
//!
//! Nothing is printed by default. Servers and clients log through
//! [`tracing`](https://docs.rs/tracing): listening addresses, refused connections, malformed bytes
//! with the position of the error, limits that were reached, and handlers that panicked. To see the
//! log, begin `main` with one line from the crate `tracing-subscriber`:
//!
//! ```
//! tracing_subscriber::fmt::init();
//! ```
//!
//! With the feature `env-filter` of that crate, the variable `RUST_LOG` selects what is shown, for
//! example `RUST_LOG=info`. Until the variable is set, only errors are shown.

mod client;
mod connection;
mod handler;
mod server;
mod session;
#[cfg(feature = "tls")]
pub mod tls;
pub mod udp;

pub use crate::error::TunnelError;
pub use client::Client;
pub use client::calls::{Calls, Part, Unclaimed};
pub use client::halves::{Receiver, Sender};
pub use client::reconnect::{Backoff, Reconnecting};
pub use connection::close::{Close, CloseReason, Malformed, Timeout};
pub use handler::Handler;
pub use handler::conn::{Conn, Peer, TrySendError};
#[cfg(feature = "nats")]
pub use handler::hub::NatsBus;
pub use handler::hub::{
    Broadcast, Bus, BusFuture, Delivery, Hub, Listener, Listening, LocalBus, Member, SharedHub, SharedMember,
};
pub use handler::service::{IntoHandler, Reply, Service};
pub use server::limits::Limits;
pub use server::listener::IntoListener;
pub use server::stats::{Counters, Stats};
pub use server::{BoundServer, Server, per_core, serve};
#[cfg(feature = "tls")]
pub use session::IntoTls;
pub use session::serve::Serves;
pub use session::{Body, BoxIo, Conversation, Io, Parts, Session};
#[cfg(feature = "tls")]
pub use tls::TlsInfo;
