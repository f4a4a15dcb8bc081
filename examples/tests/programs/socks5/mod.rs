//! Tests of the SOCKS5 proxy with plain sockets, and with curl.

mod handshake;
mod program;
mod volume;

use std::net::{SocketAddr, TcpListener, TcpStream};

use crate::support::{Plain, Program};

const SOCKS5: &str = env!("CARGO_BIN_EXE_socks5");

/// A greeting that offers only the method "no authentication".
const GREETING: &[u8] = b"\x05\x01\x00";

/// Returns a request for a connection to this address.
fn request(to: SocketAddr) -> Vec<u8> {
    let mut request = b"\x05\x01\x00\x01\x7f\x00\x00\x01".to_vec();
    request.extend(to.port().to_be_bytes());
    request
}

/// Returns a listener that acts as the host behind the proxy, and its address.
fn host() -> (TcpListener, SocketAddr) {
    let host = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = host.local_addr().unwrap();
    (host, address)
}

/// Returns a connection through the proxy, and the host's end of it.
fn through(proxy: &Program) -> (TcpStream, TcpStream) {
    let (host, address) = host();
    let mut client = proxy.connect();
    client.exchange(GREETING, b"\x05\x00");
    client.exchange(&request(address), b"\x05\x00\x00\x01\x7f\x00\x00\x01");
    client.take_bytes(2);
    (client, crate::support::patient(host.accept().unwrap().0))
}
