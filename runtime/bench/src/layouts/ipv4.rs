//! The IPv4 header (RFC 791) without options: bit fields among numbers.

use framewright::prelude::*;

use crate::case::{Case, Layout, Operation, Subject, used};

mod by_hand;
#[cfg(feature = "peers")]
mod peers;
mod with_nom;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Header {
    #[bits(4)]
    version: u8,
    #[bits(4)]
    words: u8,
    #[bits(6)]
    dscp: u8,
    #[bits(2)]
    ecn: u8,
    total_len: u16,
    id: u16,
    #[bits(1)]
    reserved: bool,
    #[bits(1)]
    dont_fragment: bool,
    #[bits(1)]
    more_fragments: bool,
    #[bits(13)]
    fragment_offset: u16,
    time_to_live: u8,
    protocol: u8,
    checksum: u16,
    source: u32,
    destination: u32,
}

pub(super) fn cases() -> Vec<Case> {
    let value = Header {
        version: 4,
        words: 5,
        dscp: 46,
        ecn: 1,
        total_len: 1500,
        id: 0x1c46,
        reserved: false,
        dont_fragment: true,
        more_fragments: false,
        fragment_offset: 185,
        time_to_live: 64,
        protocol: 6,
        checksum: 0xb1e6,
        source: 0xac10_0a63,
        destination: 0xac10_0a0c,
    };
    let bytes = b"\x45\xb9\x05\xdc\x1c\x46\x40\xb9\x40\x06\xb1\xe6\xac\x10\x0a\x63\xac\x10\x0a\x0c".to_vec();
    let mut layout = Layout::new("IPv4 header", vec![(value, bytes)]);
    layout.parse(Subject::Framewright, Operation::ParseOwned, Header::parse, |(_, value)| value);
    layout.encode(Subject::Framewright, Header::clone, Header::encode, Header::to_vec);
    layout.stream(|framer| used(framer.next_frame::<Header>()));
    by_hand::add(&mut layout);
    with_nom::add(&mut layout);
    #[cfg(feature = "peers")]
    peers::add(&mut layout);
    layout.into_cases()
}
