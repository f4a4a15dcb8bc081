use deku::prelude::*;

use crate::case::{Layout, Operation, Subject};
use crate::layouts::ipv4::Header;
use crate::peers::deku_into;

#[derive(DekuRead, DekuWrite)]
#[deku(endian = "big")]
struct Bits {
    #[deku(bits = 4)]
    version: u8,
    #[deku(bits = 4)]
    words: u8,
    #[deku(bits = 6)]
    dscp: u8,
    #[deku(bits = 2)]
    ecn: u8,
    total_len: u16,
    id: u16,
    #[deku(bits = 1)]
    reserved: bool,
    #[deku(bits = 1)]
    dont_fragment: bool,
    #[deku(bits = 1)]
    more_fragments: bool,
    #[deku(bits = 13)]
    fragment_offset: u16,
    time_to_live: u8,
    protocol: u8,
    checksum: u16,
    source: u32,
    destination: u32,
}

pub(super) fn add(layout: &mut Layout<Header>) {
    layout.parse(
        Subject::Deku,
        Operation::ParseOwned,
        |bytes| Bits::from_bytes((bytes, 0)),
        |(_, bits)| Header {
            version: bits.version,
            words: bits.words,
            dscp: bits.dscp,
            ecn: bits.ecn,
            total_len: bits.total_len,
            id: bits.id,
            reserved: bits.reserved,
            dont_fragment: bits.dont_fragment,
            more_fragments: bits.more_fragments,
            fragment_offset: bits.fragment_offset,
            time_to_live: bits.time_to_live,
            protocol: bits.protocol,
            checksum: bits.checksum,
            source: bits.source,
            destination: bits.destination,
        },
    );
    let bits = |value: &Header| Bits {
        version: value.version,
        words: value.words,
        dscp: value.dscp,
        ecn: value.ecn,
        total_len: value.total_len,
        id: value.id,
        reserved: value.reserved,
        dont_fragment: value.dont_fragment,
        more_fragments: value.more_fragments,
        fragment_offset: value.fragment_offset,
        time_to_live: value.time_to_live,
        protocol: value.protocol,
        checksum: value.checksum,
        source: value.source,
        destination: value.destination,
    };
    layout.encode(Subject::Deku, bits, deku_into, Bits::to_bytes);
}
