use deku::prelude::*;

use crate::case::{Layout, Operation, Subject};
use crate::layouts::dns::Header;
use crate::peers::deku_into;

#[derive(DekuRead, DekuWrite)]
#[deku(endian = "big")]
struct Bits {
    id: u16,
    #[deku(bits = 1)]
    is_response: bool,
    #[deku(bits = 4)]
    opcode: u8,
    #[deku(bits = 1)]
    authoritative: bool,
    #[deku(bits = 1)]
    truncated: bool,
    #[deku(bits = 1)]
    recursion_desired: bool,
    #[deku(bits = 1)]
    recursion_available: bool,
    #[deku(bits = 3)]
    reserved: u8,
    #[deku(bits = 4)]
    response_code: u8,
    questions: u16,
    answers: u16,
    authorities: u16,
    additional: u16,
}

pub(super) fn add(layout: &mut Layout<Header>) {
    layout.parse(
        Subject::Deku,
        Operation::ParseOwned,
        |bytes| Bits::from_bytes((bytes, 0)),
        |(_, bits)| Header {
            id: bits.id,
            is_response: bits.is_response,
            opcode: bits.opcode,
            authoritative: bits.authoritative,
            truncated: bits.truncated,
            recursion_desired: bits.recursion_desired,
            recursion_available: bits.recursion_available,
            reserved: bits.reserved,
            response_code: bits.response_code,
            questions: bits.questions,
            answers: bits.answers,
            authorities: bits.authorities,
            additional: bits.additional,
        },
    );
    let bits = |value: &Header| Bits {
        id: value.id,
        is_response: value.is_response,
        opcode: value.opcode,
        authoritative: value.authoritative,
        truncated: value.truncated,
        recursion_desired: value.recursion_desired,
        recursion_available: value.recursion_available,
        reserved: value.reserved,
        response_code: value.response_code,
        questions: value.questions,
        answers: value.answers,
        authorities: value.authorities,
        additional: value.additional,
    };
    layout.encode(Subject::Deku, bits, deku_into, Bits::to_bytes);
}
