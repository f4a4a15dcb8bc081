//! The DNS server and its client: against plain sockets, each other, and dig.

mod client;
mod dig;
mod hostile;
mod program;
mod server;
mod wire;
mod zone;

use crate::support::Program;

const DNS: &str = env!("CARGO_BIN_EXE_dns");

/// Returns a server of the zone `example.test` that the program comes with.
fn server() -> Program {
    Program::server(DNS, &[])
}
