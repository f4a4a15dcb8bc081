//! STUN (RFC 8489, sections 5 and 14). The bytes are from RFC 5769, sections 2.1 and 2.2.

use framewright::checksum::Crc32;
use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Message {
    #[bits(2)]
    #[magic(0)]
    zeros: Auto,
    #[bits(14)]
    kind: u16,
    #[len_of(attributes..)]
    len: Auto<u16>,
    #[magic(0x2112_A442)]
    cookie: Auto<u32>,
    transaction: [u8; 12],
    #[rest]
    attributes: Vec<Attribute>,
    #[magic(0x8028)]
    fingerprint_kind: Auto<u16>,
    #[magic(4)]
    fingerprint_len: Auto<u16>,
    #[checksum(Fingerprint, over = ..fingerprint_kind)]
    fingerprint: Auto<u32>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Attribute {
    #[tag_of(value)]
    kind: Auto<u16>,
    #[len_of(value)]
    len: Auto<u16>,
    value: Value,
    #[align(4, fill = b' ')]
    padding: Auto,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
enum Value {
    #[tag(0x0006)]
    Username(#[rest] String),
    #[tag(0x0008)]
    MessageIntegrity([u8; 20]),
    #[tag(0x0020)]
    XorMappedAddress {
        #[pad(1)]
        reserved: Auto,
        family: u8,
        port: u16,
        #[rest]
        address: Vec<u8>,
    },
    #[tag(0x0024)]
    Priority(u32),
    #[tag(0x8022)]
    Software(#[rest] String),
    #[tag(0x8029)]
    IceControlled(u64),
    #[tag(_)]
    Other {
        #[tag]
        kind: u16,
        #[rest]
        value: Vec<u8>,
    },
}

/// A CRC-32 that is changed to differ from those of other protocols on the same port.
struct Fingerprint;

impl Checksum for Fingerprint {
    type Output = u32;

    fn compute(bytes: &[u8]) -> u32 {
        Crc32::compute(bytes) ^ 0x5354_554e
    }
}

fn message(kind: u16, attributes: Vec<Value>) -> Message {
    let attribute = |value| Attribute { kind: Auto::new(), len: Auto::new(), value, padding: Auto::new() };
    Message {
        zeros: Auto::new(),
        kind,
        len: Auto::new(),
        cookie: Auto::new(),
        transaction: [0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae],
        attributes: attributes.into_iter().map(attribute).collect(),
        fingerprint_kind: Auto::new(),
        fingerprint_len: Auto::new(),
        fingerprint: Auto::new(),
    }
}

fn integrity(text: &str) -> Value {
    Value::MessageIntegrity(hex(text).try_into().unwrap())
}

#[test]
fn request() {
    let bytes = hex("
        00 01 00 58  21 12 a4 42  b7 e7 a7 01  bc 34 d6 86  fa 87 df ae
        80 22 00 10  53 54 55 4e  20 74 65 73  74 20 63 6c  69 65 6e 74
        00 24 00 04  6e 00 01 ff
        80 29 00 08  93 2f f9 b1  51 26 3b 36
        00 06 00 09  65 76 74 6a  3a 68 36 76  59 20 20 20
        00 08 00 14  9a ea a7 0c  bf d8 cb 56  78 1e f2 b5  b2 d3 f2 49  c1 b5 71 a2
        80 28 00 04  e5 7a 3b cf
    ");
    let attributes = vec![
        Value::Software("STUN test client".to_owned()),
        Value::Priority(0x6e00_01ff),
        Value::IceControlled(0x932f_f9b1_5126_3b36),
        Value::Username("evtj:h6vY".to_owned()),
        integrity("9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"),
    ];
    proves("stun-request", &bytes, message(0x0001, attributes));
}

#[test]
fn response() {
    let bytes = hex("
        01 01 00 3c  21 12 a4 42  b7 e7 a7 01  bc 34 d6 86  fa 87 df ae
        80 22 00 0b  74 65 73 74  20 76 65 63  74 6f 72 20
        00 20 00 08  00 01 a1 47  e1 12 a6 43
        00 08 00 14  2b 91 f5 99  fd 9e 90 c3  8c 74 89 f9  2a f9 ba 53  f0 6b e7 d7
        80 28 00 04  c0 7d 4c 96
    ");
    let attributes = vec![
        Value::Software("test vector".to_owned()),
        Value::XorMappedAddress {
            reserved: Auto::new(),
            family: 1,
            port: 0xa147,
            address: vec![0xe1, 0x12, 0xa6, 0x43],
        },
        integrity("2b91f599fd9e90c38c7489f92af9ba53f06be7d7"),
    ];
    proves("stun-response", &bytes, message(0x0101, attributes));
}
