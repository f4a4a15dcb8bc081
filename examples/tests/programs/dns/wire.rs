//! Encoding and decoding of messages by hand.

use std::io::Write;
use std::net::{TcpStream, UdpSocket};

use crate::support::{Plain, Program, udp};

pub(crate) const A: u16 = 1;
pub(crate) const CNAME: u16 = 5;
pub(crate) const SOA: u16 = 6;
pub(crate) const MX: u16 = 15;
pub(crate) const TXT: u16 = 16;

/// Response codes.
pub(crate) const NO_ERROR: u8 = 0;
pub(crate) const FORMAT_ERROR: u8 = 1;
pub(crate) const NO_SUCH_NAME: u8 = 3;
pub(crate) const NOT_IMPLEMENTED: u8 = 4;
pub(crate) const REFUSED: u8 = 5;

/// Encodes a name. `text` has a dot after each label.
pub(crate) fn name(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in text.split_terminator('.') {
        bytes.push(u8::try_from(label.len()).unwrap());
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

/// Encodes a header with these flags and counts.
pub(crate) fn header(id: u16, flags: u16, counts: [u16; 4]) -> Vec<u8> {
    [id, flags].into_iter().chain(counts).flat_map(u16::to_be_bytes).collect()
}

/// Encodes a query without the EDNS extension.
pub(crate) fn query(id: u16, of: &str, kind: u16) -> Vec<u8> {
    [header(id, 0x0100, [1, 0, 0, 0]), name(of), kind.to_be_bytes().to_vec(), vec![0, 1]].concat()
}

/// Encodes a query with the EDNS extension, which allows answers of up to `room` bytes.
pub(crate) fn extended(id: u16, of: &str, kind: u16, room: u16, version: u8) -> Vec<u8> {
    let mut query = query(id, of, kind);
    query[11] = 1;
    query.extend([0, 0, 41]);
    query.extend(room.to_be_bytes());
    query.extend([0, version, 0x80, 0, 0, 0]);
    query
}

/// The first fields of an answer, and all of its bytes.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) id: u16,
    pub(crate) authoritative: bool,
    pub(crate) truncated: bool,
    pub(crate) code: u8,
    pub(crate) counts: [u16; 4],
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn answer(bytes: Vec<u8>) -> Answer {
    let number = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
    let flags = number(2);
    assert!(flags & 0x8000 != 0, "no answer: {}", bytes.escape_ascii());
    Answer {
        id: number(0),
        authoritative: flags & 0x0400 != 0,
        truncated: flags & 0x0200 != 0,
        code: flags.to_be_bytes()[1] & 0xf,
        counts: [number(4), number(6), number(8), number(10)],
        bytes,
    }
}

/// Sends a query over UDP, and returns the answer.
pub(crate) fn ask(server: &Program, query: &[u8]) -> Answer {
    let socket = udp(server.address);
    socket.send(query).unwrap();
    receive(&socket)
}

pub(crate) fn receive(socket: &UdpSocket) -> Answer {
    let mut buffer = vec![0; 65_535];
    let len = socket.recv(&mut buffer).unwrap();
    buffer.truncate(len);
    answer(buffer)
}

/// Returns a message with a length prefix.
pub(crate) fn prefixed(message: &[u8]) -> Vec<u8> {
    [&u16::try_from(message.len()).unwrap().to_be_bytes()[..], message].concat()
}

/// Sends a query over TCP, and returns the answer.
pub(crate) fn ask_tcp(peer: &mut TcpStream, query: &[u8]) -> Answer {
    peer.write_all(&prefixed(query)).unwrap();
    receive_tcp(peer)
}

pub(crate) fn receive_tcp(peer: &mut TcpStream) -> Answer {
    let len = u16::from_be_bytes(peer.take_bytes(2).try_into().unwrap());
    answer(peer.take_bytes(len.into()))
}
