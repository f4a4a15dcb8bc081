//! Converts bits to bytes and back. A byte has eight bits, and the first bit is the lowest.

pub fn pack(bits: &[bool]) -> Vec<u8> {
    let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
    bits.chunks(8).map(byte).collect()
}

/// Returns the bits, including the padding in the last byte.
pub fn unpack(bytes: &[u8]) -> impl Iterator<Item = bool> {
    bytes.iter().flat_map(|byte| (0..8).map(move |place| byte >> place & 1 == 1))
}
