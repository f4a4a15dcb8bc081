use nom::combinator::map;
use nom::number::streaming::{be_u8, be_u16};
use nom::{IResult, Parser};

use super::Header;
use crate::case::{Layout, Operation, Subject};

pub(super) fn add(layout: &mut Layout<Header>) {
    layout.parse(Subject::Nom, Operation::ParseOwned, parse, |(_, value)| value);
}

fn parse(input: &[u8]) -> IResult<&[u8], Header> {
    map(
        (be_u16, be_u8, be_u8, be_u16, be_u16, be_u16, be_u16),
        |(id, high, low, questions, answers, authorities, additional)| Header {
            id,
            is_response: high & 0x80 != 0,
            opcode: high >> 3 & 0x0f,
            authoritative: high & 0x04 != 0,
            truncated: high & 0x02 != 0,
            recursion_desired: high & 0x01 != 0,
            recursion_available: low & 0x80 != 0,
            reserved: low >> 4 & 0x07,
            response_code: low & 0x0f,
            questions,
            answers,
            authorities,
            additional,
        },
    )
    .parse(input)
}
