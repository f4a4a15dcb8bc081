//! Packets that are encoded by hand from the specification, and clients that exchange them.

use std::net::TcpStream;

use super::MQTT;
use crate::support::{Plain, Program};

pub(crate) const CONNACK: &[u8] = b"\x20\x02\0\0";
pub(crate) const CONNACK_PRESENT: &[u8] = b"\x20\x02\x01\0";
pub(crate) const PINGREQ: &[u8] = b"\xc0\0";
pub(crate) const PINGRESP: &[u8] = b"\xd0\0";
pub(crate) const DISCONNECT: &[u8] = b"\xe0\0";

/// The first byte of PUBLISH for QoS 0, 1 and 2, and its flags.
pub(crate) const QOS0: u8 = 0x30;
pub(crate) const QOS1: u8 = 0x32;
pub(crate) const QOS2: u8 = 0x34;
pub(crate) const RETAIN: u8 = 1;
pub(crate) const DUP: u8 = 8;

pub(crate) const CLEAN: u8 = 2;
const WILL: u8 = 4;

pub(crate) fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut len = body.len();
    while len > 127 {
        bytes.push(u8::try_from(len % 128).unwrap() | 0x80);
        len /= 128;
    }
    bytes.push(u8::try_from(len).unwrap());
    bytes.extend_from_slice(body);
    bytes
}

/// Encodes text or bytes with a length prefix.
pub(crate) fn text(text: impl AsRef<[u8]>) -> Vec<u8> {
    let text = text.as_ref();
    [&u16::try_from(text.len()).unwrap().to_be_bytes(), text].concat()
}

/// Encodes CONNECT; `rest` follows the client's identifier.
pub(crate) fn connect_with(flags: u8, keep_alive: u16, id: &str, rest: &[u8]) -> Vec<u8> {
    let keep_alive = keep_alive.to_be_bytes();
    packet(0x10, &[b"\0\x04MQTT\x04", &[flags][..], &keep_alive, &text(id), rest].concat())
}

pub(crate) fn connect(id: &str) -> Vec<u8> {
    connect_with(CLEAN, 0, id, b"")
}

/// Encodes CONNECT with a will for the topic `will`. `flags` are the flags of the will in CONNECT:
/// its quality of service and whether it is retained.
pub(crate) fn connect_will(id: &str, keep_alive: u16, flags: u8) -> Vec<u8> {
    connect_with(CLEAN | WILL | flags, keep_alive, id, &[text("will"), text("lost")].concat())
}

pub(crate) fn publish(first: u8, topic: &str, id: u16, payload: &[u8]) -> Vec<u8> {
    let id = if first & 6 == 0 { Vec::new() } else { id.to_be_bytes().to_vec() };
    packet(first, &[&text(topic), &id, payload].concat())
}

pub(crate) fn subscribe(id: u16, filters: &[(&str, u8)]) -> Vec<u8> {
    let filters = filters.iter().flat_map(|(filter, qos)| [&text(filter)[..], &[*qos]].concat());
    packet(0x82, &id.to_be_bytes().into_iter().chain(filters).collect::<Vec<_>>())
}

pub(crate) fn suback(id: u16, codes: &[u8]) -> Vec<u8> {
    packet(0x90, &[&id.to_be_bytes(), codes].concat())
}

pub(crate) fn unsubscribe(id: u16, filters: &[&str]) -> Vec<u8> {
    packet(0xa2, &id.to_be_bytes().into_iter().chain(filters.iter().flat_map(text)).collect::<Vec<_>>())
}

/// Encodes a packet that consists of an identifier, such as PUBACK.
pub(crate) fn ack(first: u8, id: u16) -> Vec<u8> {
    packet(first, &id.to_be_bytes())
}

pub(crate) const PUBACK: u8 = 0x40;
pub(crate) const PUBREC: u8 = 0x50;
pub(crate) const PUBREL: u8 = 0x62;
pub(crate) const PUBCOMP: u8 = 0x70;
pub(crate) const UNSUBACK: u8 = 0xb0;

pub(crate) fn broker() -> Program {
    Program::server(MQTT, &[])
}

/// Returns a client that is connected.
pub(crate) fn client(broker: &Program, id: &str) -> TcpStream {
    let mut client = broker.connect();
    client.exchange(&connect(id), CONNACK);
    client
}

/// Returns a client that is connected and has subscribed.
pub(crate) fn subscriber(broker: &Program, id: &str, filter: &str, qos: u8) -> TcpStream {
    let mut client = client(broker, id);
    client.exchange(&subscribe(1, &[(filter, qos)]), &suback(1, &[qos]));
    client
}

/// What a client reads from the broker.
pub(crate) trait Mqtt {
    /// Sends PINGREQ, and checks that nothing arrives before its answer.
    fn quiet(&mut self);
    /// Reads one packet.
    fn take_packet(&mut self) -> Vec<u8>;
}

impl Mqtt for TcpStream {
    #[track_caller]
    fn quiet(&mut self) {
        self.exchange(PINGREQ, PINGRESP);
    }

    fn take_packet(&mut self) -> Vec<u8> {
        let mut packet = self.take_bytes(1);
        let (mut len, mut shift) = (0, 0);
        loop {
            let byte = self.take_bytes(1)[0];
            packet.push(byte);
            len |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        packet.extend(self.take_bytes(len));
        packet
    }
}
