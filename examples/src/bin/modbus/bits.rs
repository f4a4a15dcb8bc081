//! Conversion of bits to bytes: eight per byte, the first in the lowest bit.

pub fn pack(bits: &[bool]) -> Vec<u8> {
    let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
    bits.chunks(8).map(byte).collect()
}

/// Returns the bits, including the padding of the last byte.
pub fn unpack(bytes: &[u8]) -> impl Iterator<Item = bool> {
    bytes.iter().flat_map(|byte| (0..8).map(move |place| byte >> place & 1 == 1))
}
