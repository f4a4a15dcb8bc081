use framewright::Auto;

use super::{Borrowed, Owned};
use crate::by_hand::{Error, Parsed, incomplete, invalid};
use crate::case::{Layout, Operation, Subject};

const PUBLISH: u8 = 3;

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::ByHand, Operation::ParseBorrowed, borrowed, |(_, value)| value.into());
    layout.parse(Subject::ByHand, Operation::ParseOwned, owned, |(_, value)| value);
    layout.encode(Subject::ByHand, Owned::clone, encode, new);
}

fn borrowed(input: &[u8]) -> Parsed<'_, Borrowed<'_>> {
    let Some((&first, rest)) = input.split_first() else { return Err(incomplete(input, 1)) };
    if first >> 4 != PUBLISH {
        return Err(invalid("kind", 0, "no PUBLISH"));
    }
    let qos = first >> 1 & 0x03;
    let (rest, remaining) = remaining(rest)?;
    let Some((packet, rest)) = rest.split_at_checked(remaining) else {
        return Err(incomplete(rest, remaining));
    };

    let Some((len, packet)) = packet.split_first_chunk() else {
        return Err(invalid("topic", 0, "not enough bytes for the length"));
    };
    let Some((topic, mut packet)) = packet.split_at_checked(usize::from(u16::from_be_bytes(*len))) else {
        return Err(invalid("topic", 0, "longer than the packet"));
    };
    let Ok(topic) = std::str::from_utf8(topic) else { return Err(invalid("topic", 0, "no UTF-8")) };
    let mut id = None;
    if qos > 0 {
        let Some((bytes, after)) = packet.split_first_chunk() else {
            return Err(invalid("id", 0, "not enough bytes"));
        };
        id = Some(u16::from_be_bytes(*bytes));
        packet = after;
    }
    let value = Borrowed {
        kind: Auto::new(),
        duplicate: first & 0x08 != 0,
        qos,
        retain: first & 0x01 != 0,
        remaining: Auto::new(),
        topic,
        id,
        payload: packet,
    };
    Ok((rest, value))
}

/// Parses MQTT's "remaining length": seven bits in each byte, in at most four bytes. Only the
/// shortest form is allowed.
fn remaining(input: &[u8]) -> Parsed<'_, usize> {
    let mut number = 0;
    for (at, byte) in input.iter().copied().take(4).enumerate() {
        number |= usize::from(byte & 0x7f) << (7 * at);
        if byte < 0x80 {
            if byte == 0 && at > 0 {
                return Err(invalid("remaining", 1, "not the shortest form"));
            }
            return Ok((&input[at + 1..], number));
        }
    }
    Err(if input.len() < 4 {
        incomplete(input, input.len() + 1)
    } else {
        invalid("remaining", 1, "too long")
    })
}

fn owned(input: &[u8]) -> Parsed<'_, Owned> {
    let (rest, value) = borrowed(input)?;
    Ok((rest, value.into()))
}

fn encode(value: &Owned, out: &mut Vec<u8>) -> Result<(), Error> {
    if value.qos > 0x03 {
        return Err(invalid("qos", 0, "too large for 2 bits"));
    }
    if value.id.is_some() != (value.qos > 0) {
        return Err(invalid("id", 0, "there without a quality of service, or the other way round"));
    }
    let Ok(topic_len) = u16::try_from(value.topic.len()) else { return Err(invalid("topic", 0, "too long")) };
    let mut remaining = rest_len(value);
    if remaining >= 1 << 28 {
        return Err(invalid("remaining", 1, "too long"));
    }
    out.push(PUBLISH << 4 | u8::from(value.duplicate) << 3 | value.qos << 1 | u8::from(value.retain));
    while remaining >= 0x80 {
        out.push(low_byte(remaining) | 0x80);
        remaining >>= 7;
    }
    out.push(low_byte(remaining));
    out.extend_from_slice(&topic_len.to_be_bytes());
    out.extend_from_slice(value.topic.as_bytes());
    if let Some(id) = value.id {
        out.extend_from_slice(&id.to_be_bytes());
    }
    out.extend_from_slice(&value.payload);
    Ok(())
}

fn low_byte(number: usize) -> u8 {
    let [byte, ..] = number.to_le_bytes();
    byte
}

/// Returns the number of bytes after the remaining length.
fn rest_len(value: &Owned) -> usize {
    2 + value.topic.len() + value.id.map_or(0, |_| 2) + value.payload.len()
}

fn new(value: &Owned) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(5 + rest_len(value));
    encode(value, &mut out)?;
    Ok(out)
}
