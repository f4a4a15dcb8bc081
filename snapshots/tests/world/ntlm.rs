//! NTLM's CHALLENGE_MESSAGE ([MS-NLMP] 2.2.1.2). The bytes are those of section 4.2.4.3.

use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, magic = b"NTLMSSP\0")]
struct Challenge {
    #[magic(2)]
    kind: Auto<u32>,
    #[len_of(target_name)]
    name_len: Auto<u16>,
    #[len_of(target_name)]
    name_max_len: Auto<u16>,
    #[offset_of(target_name)]
    name_at: Auto<u32>,
    flags: u32,
    challenge: [u8; 8],
    #[pad(8)]
    reserved: Auto,
    #[len_of(target_info)]
    info_len: Auto<u16>,
    #[len_of(target_info)]
    info_max_len: Auto<u16>,
    #[offset_of(target_info)]
    info_at: Auto<u32>,
    version: [u8; 8],
    #[text(utf16le)]
    target_name: String,
    target_info: Pairs,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
struct Pairs {
    #[until(|pair| pair.id == 0)]
    pairs: Vec<Pair>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
struct Pair {
    id: u16,
    #[len_prefixed(u16)]
    #[text(utf16le)]
    value: String,
}

#[test]
fn challenge() {
    let bytes = hex("4e544c4d53535000 02000000 0c000c0038000000 33828ae2 0123456789abcdef 0000000000000000 \
                     2400240044000000 060070170000000f 530065007200760065007200 \
                     02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000");
    let pair = |id, value: &str| Pair { id, value: value.into() };
    let value = Challenge {
        kind: Auto::new(),
        name_len: Auto::new(),
        name_max_len: Auto::new(),
        name_at: Auto::new(),
        flags: 0xe28a_8233,
        challenge: [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef],
        reserved: Auto::new(),
        info_len: Auto::new(),
        info_max_len: Auto::new(),
        info_at: Auto::new(),
        version: [6, 0, 0x70, 0x17, 0, 0, 0, 0x0f],
        target_name: "Server".into(),
        target_info: Pairs { pairs: vec![pair(2, "Domain"), pair(1, "Server"), pair(0, "")] },
    };
    proves("ntlm-challenge", &bytes, value);
}
