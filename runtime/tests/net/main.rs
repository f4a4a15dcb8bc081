//! Servers and clients: over loopback where the kernel matters, over an
//! in-memory pipe with paused time where the clock does.

mod client;
mod counted;
mod framer;
mod frames;
mod peer;
mod recorder;
mod replies;
mod server;
mod time;
mod udp;
