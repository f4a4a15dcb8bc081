use nom::branch::alt;
use nom::bytes::streaming::{tag, take};
use nom::combinator::{map, map_res, value};
use nom::number::streaming::{be_u16, be_u32, be_u64};
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::{Borrowed, Owned, Side};
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
    map(
        preceded(tag(&b"A"[..]), (be_u16, be_u16, be_u48, be_u64, side, be_u32, stock, be_u32)),
        |(stock_locate, tracking_number, timestamp, order, side, shares, stock, price)| Borrowed {
            stock_locate,
            tracking_number,
            timestamp,
            order,
            side,
            shares,
            stock,
            price,
        },
    )
    .parse(input)
}

fn be_u48(input: &[u8]) -> IResult<&[u8], u64> {
    map(take(6_usize), |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
        .parse(input)
}

fn side(input: &[u8]) -> IResult<&[u8], Side> {
    alt((value(Side::Buy, tag(&b"B"[..])), value(Side::Sell, tag(&b"S"[..])))).parse(input)
}

fn stock(input: &[u8]) -> IResult<&[u8], &str> {
    map_res(take(8_usize), |bytes| std::str::from_utf8(bytes).map(|text| text.trim_end_matches(' ')))
        .parse(input)
}
