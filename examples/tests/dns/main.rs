//! The DNS server and its client: against plain sockets, each other, and dig.

mod client;
mod dig;
mod hostile;
mod program;
mod server;
#[path = "../peers/support.rs"]
#[allow(dead_code, reason = "other programs need more of it")]
mod support;
mod wire;
mod zone;

use support::Program;

const DNS: &str = env!("CARGO_BIN_EXE_dns");

/// A server of the zone `example.test` that the program comes with.
fn server() -> Program {
    Program::server(DNS, &[])
}
