//! Tests of the DNS server and its client: with plain sockets, with each other, and with dig.

mod client;
mod dig;
mod hostile;
mod program;
mod server;
mod wire;
mod zone;

use crate::support::Program;

const DNS: &str = env!("CARGO_BIN_EXE_dns");

/// Starts a server with the built-in zone `example.test`.
fn server() -> Program {
    Program::server(DNS, &[])
}
