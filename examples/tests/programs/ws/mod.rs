//! Tests of WebSocket with plain sockets, and with Python's `websockets`.

mod autobahn;
mod closing;
mod handshake;
mod limits;
mod program;
mod python;
mod text;

use std::io::Write;
use std::net::TcpStream;

use crate::support::{Plain, Program};

pub(crate) const WS: &str = env!("CARGO_BIN_EXE_ws");

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// The bit in the first byte that marks the last frame of a message.
const LAST: u8 = 0x80;

const HEAD: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const GRANTED: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// Returns a connection that has completed the upgrade.
pub(crate) fn upgraded(server: &Program) -> TcpStream {
    let mut peer = server.connect();
    peer.exchange(HEAD.as_bytes(), GRANTED.as_bytes());
    peer
}

/// Encodes a length in its shortest form. `masked` is the bit that announces a masking key, or 0.
fn length(len: usize, masked: u8) -> Vec<u8> {
    match (u8::try_from(len), u16::try_from(len)) {
        (Ok(len @ ..126), _) => vec![masked | len],
        (_, Ok(len)) => [&[masked | 126][..], &len.to_be_bytes()].concat(),
        _ => [&[masked | 127][..], &u64::try_from(len).unwrap().to_be_bytes()].concat(),
    }
}

/// Encodes a frame of a client, with this first byte.
pub(crate) fn sent(first: u8, payload: &[u8]) -> Vec<u8> {
    let key = [0x37, 0xfa, 0x21, 0x3d];
    let masked: Vec<_> = payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
    [&[first][..], &length(payload.len(), 0x80), &key, &masked].concat()
}

/// Encodes a frame of a client that is a whole message.
pub(crate) fn whole(opcode: u8, payload: &[u8]) -> Vec<u8> {
    sent(LAST | opcode, payload)
}

/// Encodes a frame of the server.
pub(crate) fn received(opcode: u8, payload: &[u8]) -> Vec<u8> {
    [&[LAST | opcode][..], &length(payload.len(), 0), payload].concat()
}

/// Encodes the payload of a close frame.
fn closing(code: u16, reason: &str) -> Vec<u8> {
    [&code.to_be_bytes()[..], reason.as_bytes()].concat()
}

/// Checks that the connection still works: the server echoes a message, and closes the connection
/// in order.
fn is_well(mut peer: TcpStream) {
    peer.exchange(&whole(TEXT, b"still there?"), &received(TEXT, b"still there?"));
    ends(peer);
}

/// Exchanges close frames, and checks that the connection ends.
fn ends(mut peer: TcpStream) {
    peer.exchange(&whole(CLOSE, &closing(1000, "")), &received(CLOSE, &closing(1000, "")));
    assert_eq!(peer.drain(), b"");
}

/// Sends these bytes on a new connection. Checks that the answer is `first`, followed by a close
/// frame with this code.
#[track_caller]
fn fails_behind(server: &Program, bytes: &[u8], first: &[u8], code: u16) {
    let mut peer = upgraded(server);
    peer.write_all(bytes).unwrap();
    peer.expect(first);
    let said = peer.drain();
    let (head, reason) = said.split_at_checked(4).unwrap_or_else(|| panic!("{said:?}"));
    assert_eq!(
        head,
        [LAST | CLOSE, u8::try_from(reason.len() + 2).unwrap(), code.to_be_bytes()[0], code.to_be_bytes()[1]]
    );
    assert!(!reason.is_empty() && reason.is_ascii(), "{reason:?}");
}

#[track_caller]
fn fails(server: &Program, bytes: &[u8], code: u16) {
    fails_behind(server, bytes, b"", code);
}

/// Writes one byte at a time.
fn in_bytes(peer: &mut TcpStream, bytes: &[u8]) {
    bytes.iter().for_each(|byte| peer.write_all(&[*byte]).unwrap());
}
