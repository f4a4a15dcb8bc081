use nom::combinator::map;
use nom::error::ErrorKind;
use nom::multi::length_data;
use nom::number::streaming::{be_i32, be_u8, be_u16, be_u32, be_u64};
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
    let (input, tag) = be_u8(input)?;
    match tag {
        1 => Ok((input, Borrowed::Ping)),
        2 => Ok((input, Borrowed::Pong)),
        3 => map(be_u8, |version| Borrowed::Hello { version }).parse(input),
        4 => map(be_u32, |user| Borrowed::Login { user }).parse(input),
        5 => map((be_u32, be_u8), |(user, reason)| Borrowed::Logout { user, reason }).parse(input),
        6 => map(be_u32, |room| Borrowed::Join { room }).parse(input),
        7 => map(be_u32, |room| Borrowed::Leave { room }).parse(input),
        8 => map((be_u32, length_data(be_u16)), |(room, text)| Borrowed::Say { room, text }).parse(input),
        9 => map((be_u32, length_data(be_u16)), |(to, text)| Borrowed::Whisper { to, text }).parse(input),
        10 => map((be_i32, be_i32, be_i32), |(x, y, z)| Borrowed::Move { x, y, z }).parse(input),
        11 => map((be_u16, be_u16), |(yaw, pitch)| Borrowed::Turn { yaw, pitch }).parse(input),
        12 => map((be_u32, be_u16), |(entity, points)| Borrowed::Health { entity, points }).parse(input),
        13 => map((be_u32, be_u32, be_u16), |(from, to, points)| Borrowed::Hit { from, to, points })
            .parse(input),
        14 => map((be_u32, be_u16, be_u8), |(item, count, slot)| Borrowed::Take { item, count, slot })
            .parse(input),
        15 => map(be_u64, |millis| Borrowed::Time { millis }).parse(input),
        16 => map(be_u16, |code| Borrowed::Bye { code }).parse(input),
        _ => Err(nom::Err::Error(nom::error::Error::new(input, ErrorKind::Switch))),
    }
}
