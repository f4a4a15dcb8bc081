//! RTP (RFC 3550, sections 5.1 and 5.3.1). The bytes are from RFC 7714, section 16, and RFC 9335,
//! appendix A.1.3.

use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Packet {
    #[bits(2)]
    #[magic(2)]
    version: Auto,
    #[bits(1)]
    padding: bool,
    #[bits(1)]
    #[presence_of(extension)]
    has_extension: Auto<bool>,
    #[bits(4)]
    #[count_of(contributors)]
    contributor_count: Auto<u8>,
    #[bits(1)]
    marker: bool,
    #[bits(7)]
    payload_type: u8,
    sequence: u16,
    timestamp: u32,
    source: u32,
    contributors: Vec<u32>,
    extension: Option<Extension>,
    /// The payload. With `padding`, its last byte is the number of padding bytes at its end.
    #[rest]
    payload: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Extension {
    profile: u16,
    #[len_of(data, scale = 4)]
    words: Auto<u16>,
    data: Vec<u8>,
}

#[test]
fn plain() {
    let bytes = hex("
        8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973
        20646976 69736120 696e2070 61727465 73207472 6573
    ");
    let packet = Packet {
        version: Auto::new(),
        padding: false,
        has_extension: Auto::new(),
        contributor_count: Auto::new(),
        marker: false,
        payload_type: 64,
        sequence: 0xf17b,
        timestamp: 0x8041_f8d3,
        source: 0x5501_a0b2,
        contributors: vec![],
        extension: None,
        payload: b"Gallia est omnis divisa in partes tres".to_vec(),
    };
    proves("rtp", &bytes, packet);
}

#[test]
fn extension_and_contributors() {
    let bytes = hex("
        920f1238 decafbad cafebabe 0001e240 0000b26e bede0001 51000200
        abababab abababab abababab abababab
    ");
    let packet = Packet {
        version: Auto::new(),
        padding: false,
        has_extension: Auto::new(),
        contributor_count: Auto::new(),
        marker: false,
        payload_type: 15,
        sequence: 0x1238,
        timestamp: 0xdeca_fbad,
        source: 0xcafe_babe,
        contributors: vec![0x0001_e240, 0x0000_b26e],
        extension: Some(Extension { profile: 0xbede, words: Auto::new(), data: vec![0x51, 0, 2, 0] }),
        payload: vec![0xab; 16],
    };
    proves("rtp-extension", &bytes, packet);
}
