//! Tests of the Modbus device and its client: with plain sockets, with each other, and with
//! pymodbus.

mod client;
mod device;
mod generated;
mod hostile;
mod program;
mod pymodbus;

use std::net::TcpStream;

use crate::support::{Plain, Program};

const MODBUS: &str = env!("CARGO_BIN_EXE_modbus");

fn device() -> Program {
    Program::server(MODBUS, &[])
}

/// Encodes a packet: a header with the right length, and the request or reply.
fn packet(transaction: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 1).unwrap();
    [&transaction.to_be_bytes()[..], &[0, 0], &length.to_be_bytes(), &[1], body].concat()
}

/// Sends a request, and checks that this is the reply.
#[track_caller]
fn answers(peer: &mut TcpStream, request: &[u8], reply: &[u8]) {
    peer.exchange(&packet(0x1234, request), &packet(0x1234, reply));
}
