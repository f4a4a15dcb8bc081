use nom::combinator::map;
use nom::multi::length_data;
use nom::number::streaming::{be_u8, be_u32};
use nom::{IResult, Parser};

use super::{Borrowed, Owned};
use crate::case::{Layout, Operation, Subject};

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::Nom, Operation::ParseBorrowed, borrowed, |(_, value)| value.into());
    layout.parse(Subject::Nom, Operation::ParseOwned, owned, |(_, value)| value);
}

fn borrowed(input: &[u8]) -> IResult<&[u8], Borrowed<'_>> {
    map((be_u32, be_u32, be_u8, length_data(be_u32)), |(sender, receiver, kind, body)| Borrowed {
        sender,
        receiver,
        kind,
        body,
    })
    .parse(input)
}

fn owned(input: &[u8]) -> IResult<&[u8], Owned> {
    map((be_u32, be_u32, be_u8, length_data(be_u32)), |(sender, receiver, kind, body): (_, _, _, &[u8])| {
        Owned { sender, receiver, kind, body: body.to_vec() }
    })
    .parse(input)
}
