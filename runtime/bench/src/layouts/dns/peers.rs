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

/// The header as whole numbers, because most peers have no bit fields. The flags are extracted by
/// hand.
#[derive(BinRead, BinWrite, NomBE)]
#[brw(big)]
struct Packed {
    id: u16,
    flags: u16,
    questions: u16,
    answers: u16,
    authorities: u16,
    additional: u16,
}

impl From<Packed> for Header {
    fn from(packed: Packed) -> Self {
        let [high, low] = packed.flags.to_be_bytes();
        Self {
            id: packed.id,
            is_response: high & 0x80 != 0,
            opcode: high >> 3 & 0x0f,
            authoritative: high & 0x04 != 0,
            truncated: high & 0x02 != 0,
            recursion_desired: high & 0x01 != 0,
            recursion_available: low & 0x80 != 0,
            reserved: low >> 4 & 0x07,
            response_code: low & 0x0f,
            questions: packed.questions,
            answers: packed.answers,
            authorities: packed.authorities,
            additional: packed.additional,
        }
    }
}

impl From<&Header> for Packed {
    fn from(value: &Header) -> Self {
        let high = u8::from(value.is_response) << 7
            | (value.opcode & 0x0f) << 3
            | u8::from(value.authoritative) << 2
            | u8::from(value.truncated) << 1
            | u8::from(value.recursion_desired);
        let low = u8::from(value.recursion_available) << 7
            | (value.reserved & 0x07) << 4
            | value.response_code & 0x0f;
        Self {
            id: value.id,
            flags: u16::from_be_bytes([high, low]),
            questions: value.questions,
            answers: value.answers,
            authorities: value.authorities,
            additional: value.additional,
        }
    }
}
