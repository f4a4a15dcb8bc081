//! Servers and clients: over loopback where the kernel matters, over an
//! in-memory pipe with paused time where the clock does.

mod calls;
mod cancel;
mod client;
mod closing;
mod concurrent;
mod counted;
mod crowd;
mod framer;
mod frames;
mod hub;
mod peer;
mod random;
mod reconnect;
mod recorder;
mod replies;
mod sends;
mod server;
mod session;
mod stats;
mod time;
#[cfg(feature = "tls")]
mod tls;
mod udp;
#[cfg(unix)]
mod unix;
