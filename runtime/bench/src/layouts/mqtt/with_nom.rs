use framewright::Auto;
use nom::combinator::{cond, map_res, rest, verify};
use nom::error::ErrorKind;
use nom::multi::{length_data, length_value};
use nom::number::streaming::{be_u8, be_u16};
use nom::{IResult, Parser};

use super::{Borrowed, Owned};
use crate::case::{Layout, Operation, Subject};

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::Nom, Operation::ParseBorrowed, borrowed, |(_, value)| value.into());
    layout.parse(
        Subject::Nom,
        Operation::ParseOwned,
        |input| borrowed(input).map(|(rest, value)| (rest, Owned::from(value))),
        |(_, value)| value,
    );
}

fn borrowed(input: &[u8]) -> IResult<&[u8], Borrowed<'_>> {
    let (input, first) = verify(be_u8, |first| first >> 4 == 3).parse(input)?;
    let qos = first >> 1 & 0x03;
    let (input, (topic, id, payload)) = length_value(
        remaining,
        (map_res(length_data(be_u16), std::str::from_utf8), cond(qos > 0, be_u16), rest),
    )
    .parse(input)?;
    let value = Borrowed {
        kind: Auto::new(),
        duplicate: first & 0x08 != 0,
        qos,
        retain: first & 0x01 != 0,
        remaining: Auto::new(),
        topic,
        id,
        payload,
    };
    Ok((input, value))
}

/// Parses MQTT's "remaining length": seven bits in each byte, in at most four bytes. Only the
/// shortest form is allowed.
fn remaining(mut input: &[u8]) -> IResult<&[u8], u32> {
    let mut number = 0;
    for shift in [0, 7, 14, 21] {
        let (rest, byte) = be_u8(input)?;
        number |= u32::from(byte & 0x7f) << shift;
        input = rest;
        if byte == 0 && shift > 0 {
            break;
        }
        if byte < 0x80 {
            return Ok((input, number));
        }
    }
    Err(nom::Err::Error(nom::error::Error::new(input, ErrorKind::TooLarge)))
}
