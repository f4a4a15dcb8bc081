//! MAVLink 2 packets (mavlink.io, "MAVLink 2 Packet Format"). Zeros at the end of a payload are not
//! sent, and the checksum includes a byte that is not in the packet. The bytes are INAV's test
//! vectors, which the MAVLink C library has encoded.

use framewright::checksum::Crc16Mcrf4xx;
use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, magic = b"\xfd")]
struct Packet {
    #[len_of(payload)]
    len: Auto<u8>,
    incompatible: u8,
    compatible: u8,
    sequence: u8,
    system: u8,
    component: u8,
    #[wire(u24)]
    id: u32,
    #[ctx(id)]
    #[with(trimmed)]
    payload: Vec<u8>,
    #[checksum(Sum, over = len..=payload)]
    sum: Auto<u16>,
}

/// Returns the payload size of a message in bytes, and the byte that MAVLink adds to its checksum
/// to identify the definition of the message.
fn definition(id: u32) -> (usize, u8) {
    match id {
        0 => (9, 50),
        385 => (133, 147),
        _ => (1, 0),
    }
}

/// CRC-16 over the packet, followed by the byte that identifies the definition.
struct Sum;

impl Checksum for Sum {
    type Output = u16;

    fn compute(bytes: &[u8]) -> u16 {
        let id = bytes.get(6..9).map_or(0, |id| u32::from_le_bytes([id[0], id[1], id[2], 0]));
        Crc16Mcrf4xx::compute(&[bytes, &[definition(id).1]].concat())
    }
}

/// A module for `#[with(..)]`: the payload is sent without the zeros at its end. The first byte is
/// always sent.
mod trimmed {
    use framewright::{DecodeError, EncodeError, Sink};

    pub(super) fn parse(input: &[u8], id: u32) -> nom::IResult<&[u8], Vec<u8>, DecodeError> {
        let mut payload = input.to_vec();
        payload.resize(super::definition(id).0.max(input.len()), 0);
        Ok((&[], payload))
    }

    fn sent(payload: &[u8]) -> usize {
        payload.iter().rposition(|byte| *byte != 0).map_or(payload.len().min(1), |last| last + 1)
    }

    pub(super) fn encode<S: Sink + ?Sized>(payload: &[u8], out: &mut S, id: u32) -> Result<(), EncodeError> {
        if payload.len() != super::definition(id).0 {
            return Err(EncodeError::custom("a message of another length"));
        }
        out.put(&payload[..sent(payload)])
    }

    pub(super) fn encoded_len(payload: &[u8], _: u32) -> usize {
        sent(payload)
    }
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
struct Heartbeat {
    custom_mode: u32,
    kind: u8,
    autopilot: u8,
    base_mode: u8,
    status: u8,
    version: u8,
}

fn packet(sequence: u8, id: u32, payload: Vec<u8>) -> Packet {
    Packet {
        len: Auto::new(),
        incompatible: 0,
        compatible: 0,
        sequence,
        system: 1,
        component: 1,
        id,
        payload,
        sum: Auto::new(),
    }
}

#[test]
fn heartbeat() {
    let bytes = hex("fd 09 00 00 07 01 01 000000  00000000 01 00 81 03 03  68c9");
    let heartbeat =
        Heartbeat { custom_mode: 0, kind: 1, autopilot: 0, base_mode: 0x81, status: 3, version: 3 };
    proves("mavlink-heartbeat", &bytes, packet(7, 0, heartbeat.to_vec().unwrap()));
}

#[test]
fn a_payload_is_sent_without_its_last_zeros() {
    let bytes = hex("fd 13 00 00 2b 01 01 810100  0180fd1914 101112131415161718191a1b1c1d  39b0");
    let mut payload = hex("0180fd1914 101112131415161718191a1b1c1d");
    payload.resize(133, 0);
    proves("mavlink-tunnel", &bytes, packet(43, 385, payload));
}
