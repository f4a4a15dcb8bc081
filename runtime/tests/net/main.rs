//! Tests of servers and clients. Tests that depend on the kernel use loopback, and tests that
//! depend on time use an in-memory pipe with paused time.

mod blocking;
mod blocking_parts;
mod bodies;
mod calls;
mod cancel;
mod client;
mod closing;
mod concurrent;
mod counted;
mod crowd;
mod decoded;
mod each_limit;
mod ending;
#[cfg(unix)]
mod faults;
mod fed;
mod flood;
mod forward;
mod framer;
mod frames;
mod hub;
mod limits;
mod logs;
#[cfg(feature = "metrics")]
mod metrics;
mod other_tasks;
mod out_buffers;
mod peer;
mod random;
mod reconnect;
mod recorder;
mod refused;
mod replies;
mod resync;
mod sends;
mod server;
mod session;
mod shared_hub;
#[cfg(feature = "tls")]
mod starttls;
mod stats;
mod steps;
mod taskless;
mod time;
#[cfg(feature = "tls")]
mod tls;
mod udp;
mod uncopied;
#[cfg(unix)]
mod unix;
#[cfg(feature = "tls")]
mod upgrades;
mod whole_steps;
