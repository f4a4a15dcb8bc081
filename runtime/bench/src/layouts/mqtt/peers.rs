use super::Owned;
use crate::case::Layout;

#[expect(clippy::as_conversions, reason = "in what binrw generates")]
mod with_binrw;
mod with_deku;
mod with_nom_derive;

pub(super) fn add(layout: &mut Layout<Owned>) {
    with_nom_derive::add(layout);
    with_deku::add(layout);
    with_binrw::add(layout);
}

/// Returns the number of bytes that `remaining` counts in addition to the payload.
fn before_payload(topic: usize, has_id: bool) -> usize {
    2 + topic + if has_id { 2 } else { 0 }
}

/// Returns the number of bytes of the payload, or 0 if the packet is too short for its other
/// fields.
fn payload_len(remaining: u32, topic: usize, has_id: bool) -> usize {
    usize::try_from(remaining).unwrap_or(usize::MAX).saturating_sub(before_payload(topic, has_id))
}

/// Returns MQTT's "remaining length", the number of bytes that follow it.
fn remaining(value: &Owned) -> u32 {
    let len = before_payload(value.topic.len(), value.id.is_some()) + value.payload.len();
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// Reads a remaining length byte by byte: seven bits in each byte, in at most four bytes. Only the
/// shortest form is allowed.
fn read_remaining<E>(mut byte: impl FnMut() -> Result<u8, E>) -> Result<Option<u32>, E> {
    let mut number = 0;
    for shift in [0, 7, 14, 21] {
        let byte = byte()?;
        number |= u32::from(byte & 0x7f) << shift;
        if byte == 0 && shift > 0 {
            break;
        }
        if byte < 0x80 {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// Writes a remaining length byte by byte.
fn write_remaining<E>(mut number: u32, mut byte: impl FnMut(u8) -> Result<(), E>) -> Result<(), E> {
    while number >= 0x80 {
        byte(number.to_le_bytes()[0] | 0x80)?;
        number >>= 7;
    }
    byte(number.to_le_bytes()[0])
}
