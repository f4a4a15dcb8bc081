use nom::bytes::streaming::{tag, take_until};
use nom::combinator::{map, map_res};
use nom::sequence::terminated;
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
    let line = terminated(take_until(&b"\r\n"[..]), tag(&b"\r\n"[..]));
    map(map_res(line, std::str::from_utf8), |text| Borrowed { text }).parse(input)
}
