//! The header of a DNS message (RFC 1035, section 4.1.1): a run of flags and four counts.

use framewright::prelude::*;

use crate::case::{Case, Layout, Operation, Subject, used};

mod by_hand;
#[cfg(feature = "peers")]
mod peers;
mod with_nom;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Header {
    id: u16,
    #[bits(1)]
    is_response: bool,
    #[bits(4)]
    opcode: u8,
    #[bits(1)]
    authoritative: bool,
    #[bits(1)]
    truncated: bool,
    #[bits(1)]
    recursion_desired: bool,
    #[bits(1)]
    recursion_available: bool,
    #[bits(3)]
    reserved: u8,
    #[bits(4)]
    response_code: u8,
    questions: u16,
    answers: u16,
    authorities: u16,
    additional: u16,
}

pub(super) fn cases() -> Vec<Case> {
    let value = Header {
        id: 0xdb42,
        is_response: true,
        opcode: 0,
        authoritative: true,
        truncated: false,
        recursion_desired: true,
        recursion_available: true,
        reserved: 0,
        response_code: 3,
        questions: 1,
        answers: 2,
        authorities: 3,
        additional: 4,
    };
    let bytes = b"\xdb\x42\x85\x83\0\x01\0\x02\0\x03\0\x04".to_vec();
    let mut layout = Layout::new("DNS header", vec![(value, bytes)]);
    layout.parse(Subject::Framewright, Operation::ParseOwned, Header::parse, |(_, value)| value);
    layout.encode(Subject::Framewright, Header::clone, Header::encode, Header::to_vec);
    layout.stream(|framer| used(framer.next_frame::<Header>()));
    by_hand::add(&mut layout);
    with_nom::add(&mut layout);
    #[cfg(feature = "peers")]
    peers::add(&mut layout);
    layout.into_cases()
}
