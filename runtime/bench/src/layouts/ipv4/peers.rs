use binrw::{BinRead, BinWrite};
use nom_derive::{NomBE, Parse, nom};

use super::Header;
use crate::case::{Layout, Operation, Subject};
use crate::peers::{binrw_into, binrw_new, binrw_read};

mod with_deku;
mod with_zerocopy;

pub(super) fn add(layout: &mut Layout<Header>) {
    layout.parse(
        Subject::NomDerive,
        Operation::ParseOwned,
        |bytes| Packed::parse(bytes).map(|(rest, packed)| (rest, Header::from(packed))),
        |(_, value)| value,
    );
    layout.parse(
        Subject::Binrw,
        Operation::ParseOwned,
        |bytes| binrw_read::<Packed>(bytes).map(Header::from),
        |value| value,
    );
    layout.encode(
        Subject::Binrw,
        Header::clone,
        |value, out| binrw_into(&Packed::from(value), out),
        |value| binrw_new(&Packed::from(value)),
    );
    with_deku::add(layout);
    with_zerocopy::add(layout);
}

/// The header as whole bytes, because most peers have no bit fields. The bit fields are extracted
/// by hand.
#[derive(BinRead, BinWrite, NomBE)]
#[brw(big)]
struct Packed {
    version_words: u8,
    dscp_ecn: u8,
    total_len: u16,
    id: u16,
    fragment: u16,
    time_to_live: u8,
    protocol: u8,
    checksum: u16,
    source: u32,
    destination: u32,
}

impl From<Packed> for Header {
    fn from(packed: Packed) -> Self {
        Self {
            version: packed.version_words >> 4,
            words: packed.version_words & 0x0f,
            dscp: packed.dscp_ecn >> 2,
            ecn: packed.dscp_ecn & 0x03,
            total_len: packed.total_len,
            id: packed.id,
            reserved: packed.fragment & 0x8000 != 0,
            dont_fragment: packed.fragment & 0x4000 != 0,
            more_fragments: packed.fragment & 0x2000 != 0,
            fragment_offset: packed.fragment & 0x1fff,
            time_to_live: packed.time_to_live,
            protocol: packed.protocol,
            checksum: packed.checksum,
            source: packed.source,
            destination: packed.destination,
        }
    }
}

impl From<&Header> for Packed {
    fn from(value: &Header) -> Self {
        Self {
            version_words: value.version << 4 | value.words & 0x0f,
            dscp_ecn: value.dscp << 2 | value.ecn & 0x03,
            total_len: value.total_len,
            id: value.id,
            fragment: u16::from(value.reserved) << 15
                | u16::from(value.dont_fragment) << 14
                | u16::from(value.more_fragments) << 13
                | value.fragment_offset & 0x1fff,
            time_to_live: value.time_to_live,
            protocol: value.protocol,
            checksum: value.checksum,
            source: value.source,
            destination: value.destination,
        }
    }
}
