use framewright::Auto;
use nom_derive::nom::IResult;
use nom_derive::nom::combinator::map_res;
use nom_derive::nom::error::{Error, ErrorKind};
use nom_derive::nom::multi::length_data;
use nom_derive::nom::number::streaming::{be_u8, be_u16};
use nom_derive::{NomBE, Parse, nom};

use super::{Owned, payload_len, read_remaining};
use crate::case::{Layout, Operation, Subject};
use crate::layouts::mqtt::Borrowed;

#[derive(NomBE)]
struct Publish<'a> {
    #[nom(Verify = "*first >> 4 == 3")]
    first: u8,
    #[nom(Parse = "read")]
    _remaining: u32,
    #[nom(Parse = "map_res(length_data(be_u16), str::from_utf8)")]
    topic: &'a str,
    #[nom(Cond = "first >> 1 & 0x03 > 0")]
    id: Option<u16>,
    #[nom(Parse = "nom::bytes::streaming::take(payload_len(_remaining, topic.len(), id.is_some()))")]
    payload: &'a [u8],
}

fn read(mut input: &[u8]) -> IResult<&[u8], u32> {
    let number = read_remaining(|| {
        let (rest, byte) = be_u8(input)?;
        input = rest;
        Ok(byte)
    })?;
    match number {
        Some(number) => Ok((input, number)),
        None => Err(nom::Err::Error(Error::new(input, ErrorKind::TooLarge))),
    }
}

impl<'a> From<Publish<'a>> for Borrowed<'a> {
    fn from(publish: Publish<'a>) -> Self {
        Self {
            kind: Auto::new(),
            duplicate: publish.first & 0x08 != 0,
            qos: publish.first >> 1 & 0x03,
            retain: publish.first & 0x01 != 0,
            remaining: Auto::new(),
            topic: publish.topic,
            id: publish.id,
            payload: publish.payload,
        }
    }
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(
        Subject::NomDerive,
        Operation::ParseBorrowed,
        |input| Publish::parse(input).map(|(rest, publish)| (rest, Borrowed::from(publish))),
        |(_, value)| value.into(),
    );
    layout.parse(
        Subject::NomDerive,
        Operation::ParseOwned,
        |input| Publish::parse(input).map(|(rest, publish)| (rest, Owned::from(Borrowed::from(publish)))),
        |(_, value)| value,
    );
}
