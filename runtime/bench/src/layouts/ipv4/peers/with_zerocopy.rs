use zerocopy::byteorder::big_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::Packed;
use crate::by_hand::{Error, Parsed, incomplete};
use crate::case::{Layout, Operation, Subject};
use crate::layouts::ipv4::Header;

#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Raw {
    version_words: u8,
    dscp_ecn: u8,
    total_len: U16,
    id: U16,
    fragment: U16,
    time_to_live: u8,
    protocol: u8,
    checksum: U16,
    source: U32,
    destination: U32,
}

pub(super) fn add(layout: &mut Layout<Header>) {
    layout.parse(Subject::Zerocopy, Operation::ParseOwned, parse, |(_, value)| value);
    layout.encode(Subject::Zerocopy, Header::clone, encode, |value| Ok(raw(value).as_bytes().to_vec()));
}

fn parse(input: &[u8]) -> Parsed<'_, Header> {
    let Ok((raw, rest)) = Raw::ref_from_prefix(input) else {
        return Err(incomplete(input, size_of::<Raw>()));
    };
    let packed = Packed {
        version_words: raw.version_words,
        dscp_ecn: raw.dscp_ecn,
        total_len: raw.total_len.get(),
        id: raw.id.get(),
        fragment: raw.fragment.get(),
        time_to_live: raw.time_to_live,
        protocol: raw.protocol,
        checksum: raw.checksum.get(),
        source: raw.source.get(),
        destination: raw.destination.get(),
    };
    Ok((rest, packed.into()))
}

fn raw(value: &Header) -> Raw {
    let packed = Packed::from(value);
    Raw {
        version_words: packed.version_words,
        dscp_ecn: packed.dscp_ecn,
        total_len: packed.total_len.into(),
        id: packed.id.into(),
        fragment: packed.fragment.into(),
        time_to_live: packed.time_to_live,
        protocol: packed.protocol,
        checksum: packed.checksum.into(),
        source: packed.source.into(),
        destination: packed.destination.into(),
    }
}

fn encode(value: &Header, out: &mut Vec<u8>) -> Result<(), Error> {
    out.extend_from_slice(raw(value).as_bytes());
    Ok(())
}
