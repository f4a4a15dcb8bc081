//! Computation of checksums, bit by bit.

use crate::model::Sum;

pub(crate) fn compute(sum: Sum, bytes: &[u8]) -> u32 {
    match sum {
        Sum::Sum8 => bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>() & 0xff,
        Sum::Xor8 => u32::from(bytes.iter().fold(0, |sum, byte| sum ^ byte)),
        Sum::Internet => internet(bytes),
        Sum::Adler32 => {
            let (mut a, mut b) = (1, 0);
            for byte in bytes {
                a = (a + u32::from(*byte)) % 65_521;
                b = (b + a) % 65_521;
            }
            b << 16 | a
        }
        Sum::Crc32 => !reflected(bytes, 0xedb8_8320, u32::MAX),
        Sum::Crc16Modbus => reflected(bytes, 0xa001, 0xffff),
        Sum::Crc8Smbus => smbus(bytes),
    }
}

fn internet(bytes: &[u8]) -> u32 {
    let words =
        bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0)));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !sum & 0xffff
}

fn reflected(bytes: &[u8], polynomial: u32, start: u32) -> u32 {
    bytes.iter().fold(start, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { sum >> 1 ^ polynomial } else { sum >> 1 },
        )
    })
}

fn smbus(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| {
        let bits = (0..8)
            .fold(sum ^ u32::from(*byte), |sum, _| if sum & 0x80 != 0 { sum << 1 ^ 0x07 } else { sum << 1 });
        bits & 0xff
    })
}
