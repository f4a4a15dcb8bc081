use nom::number::streaming::{be_u8, be_u16, be_u32};
use nom::{IResult, Parser};

use super::Header;
use crate::case::{Layout, Operation, Subject};

pub(super) fn add(layout: &mut Layout<Header>) {
    layout.parse(Subject::Nom, Operation::ParseOwned, parse, |(_, value)| value);
}

fn parse(input: &[u8]) -> IResult<&[u8], Header> {
    let (input, (version_words, dscp_ecn, total_len, id, fragment)) =
        (be_u8, be_u8, be_u16, be_u16, be_u16).parse(input)?;
    let (input, (time_to_live, protocol, checksum, source, destination)) =
        (be_u8, be_u8, be_u16, be_u32, be_u32).parse(input)?;
    let value = Header {
        version: version_words >> 4,
        words: version_words & 0x0f,
        dscp: dscp_ecn >> 2,
        ecn: dscp_ecn & 0x03,
        total_len,
        id,
        reserved: fragment & 0x8000 != 0,
        dont_fragment: fragment & 0x4000 != 0,
        more_fragments: fragment & 0x2000 != 0,
        fragment_offset: fragment & 0x1fff,
        time_to_live,
        protocol,
        checksum,
        source,
        destination,
    };
    Ok((input, value))
}
