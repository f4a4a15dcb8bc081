//! Bitcoin's peer-to-peer messages. The layout and the bytes are from the Bitcoin Wiki, "Protocol
//! documentation" (`version` with the payload of 0.7.2, `verack`).

use framewright::prelude::*;
use sha2::{Digest, Sha256};

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
struct Message {
    #[magic(0xd9b4_bef9)]
    network: Auto<u32>,
    #[fixed(12)]
    command: String,
    #[len_of(payload)]
    len: Auto<u32>,
    #[checksum(DoubleSha256, over = payload)]
    checksum: Auto<[u8; 4]>,
    payload: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
struct Version {
    protocol: i32,
    services: u64,
    timestamp: i64,
    receiver: Address,
    sender: Address,
    nonce: u64,
    #[len_prefixed(CompactSize)]
    user_agent: String,
    start_height: i32,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
struct Address {
    services: u64,
    ip: [u8; 16],
    #[wire(be)]
    port: u16,
}

/// A length that takes one, three, five or nine bytes.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(le, tag = u8)]
enum CompactSize {
    #[tag(0..=0xfc)]
    Byte {
        #[tag]
        size: u8,
    },
    #[tag(0xfd)]
    #[check(size > 0xfc, "a size takes the shortest form")]
    Short { size: u16 },
    #[tag(0xfe)]
    #[check(size > 0xffff, "a size takes the shortest form")]
    Long { size: u32 },
    #[tag(0xff)]
    #[check(size > 0xffff_ffff, "a size takes the shortest form")]
    Huge { size: u64 },
}

impl TryFrom<usize> for CompactSize {
    type Error = std::num::TryFromIntError;

    fn try_from(size: usize) -> Result<Self, Self::Error> {
        Ok(match size {
            0..=0xfc => Self::Byte { size: size.try_into()? },
            0xfd..=0xffff => Self::Short { size: size.try_into()? },
            0x1_0000..=0xffff_ffff => Self::Long { size: size.try_into()? },
            _ => Self::Huge { size: size.try_into()? },
        })
    }
}

impl TryFrom<CompactSize> for usize {
    type Error = std::num::TryFromIntError;

    fn try_from(size: CompactSize) -> Result<Self, Self::Error> {
        match size {
            CompactSize::Byte { size } => Ok(size.into()),
            CompactSize::Short { size } => Ok(size.into()),
            CompactSize::Long { size } => size.try_into(),
            CompactSize::Huge { size } => size.try_into(),
        }
    }
}

/// The first four bytes of SHA-256 of SHA-256.
struct DoubleSha256;

impl Checksum for DoubleSha256 {
    type Output = [u8; 4];

    fn compute(bytes: &[u8]) -> [u8; 4] {
        let [a, b, c, d, ..]: [u8; 32] = Sha256::digest(Sha256::digest(bytes)).into();
        [a, b, c, d]
    }
}

fn message(command: &str, payload: Vec<u8>) -> Message {
    Message {
        network: Auto::new(),
        command: command.to_owned(),
        len: Auto::new(),
        checksum: Auto::new(),
        payload,
    }
}

#[test]
fn verack() {
    let bytes = hex("f9be b4d9  7665 7261 636b 0000 0000 0000  0000 0000  5df6 e0e2");
    proves("bitcoin-verack", &bytes, message("verack", vec![]));
}

#[test]
fn version() {
    let bytes = hex("
        f9beb4d9 76657273696f6e0000000000 64000000 3b648d5a
        62ea0000 0100000000000000 11b2d05000000000
        0100000000000000 00000000000000000000ffff00000000 0000
        0100000000000000 00000000000000000000ffff00000000 0000
        3b2eb35d8ce61765 0f2f5361746f7368693a302e372e322f c03e0300
    ");
    let mut ip = [0; 16];
    ip[10..12].copy_from_slice(&[0xff, 0xff]);
    let address = Address { services: 1, ip, port: 0 };
    let version = Version {
        protocol: 60_002,
        services: 1,
        timestamp: 1_355_854_353,
        receiver: address.clone(),
        sender: address,
        nonce: 0x6517_e68c_5db3_2e3b,
        user_agent: "/Satoshi:0.7.2/".to_owned(),
        start_height: 212_672,
    };
    proves("bitcoin-version", &bytes[24..], version.clone());
    proves("bitcoin-version-message", &bytes, message("version", version.to_vec().unwrap()));
}
