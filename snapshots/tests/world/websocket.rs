//! WebSocket frames (RFC 6455, section 5.2). The bytes are the examples of section 5.7.

use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Message {
    #[bits(1)]
    last: bool,
    #[bits(3)]
    reserved: u8,
    #[bits(4)]
    opcode: u8,
    #[bits(1)]
    #[presence_of(mask)]
    is_masked: Auto<bool>,
    #[bits(7)]
    #[calc(short_len(payload.len()), verify)]
    len: Auto<u8>,
    #[when(len == 126)]
    #[calc(u16::try_from(payload.len()).unwrap_or(u16::MAX), verify)]
    len_16: Auto<u16>,
    #[when(len == 127)]
    #[calc(u64::try_from(payload.len()).unwrap_or(u64::MAX), verify)]
    len_64: Auto<u64>,
    mask: Option<[u8; 4]>,
    #[with(masking)]
    #[ctx(mask.unwrap_or_default())]
    #[len(match len { 126 => len_16.into(), 127 => len_64, short => short.into() })]
    payload: Vec<u8>,
}

/// Returns the length, or 126 or 127 if it is in a longer field.
fn short_len(len: usize) -> u8 {
    match u8::try_from(len) {
        Ok(len @ ..126) => len,
        _ if u16::try_from(len).is_ok() => 126,
        _ => 127,
    }
}

mod masking {
    use framewright::{DecodeError, EncodeError, Sink};

    fn masked(bytes: &[u8], mask: [u8; 4]) -> Vec<u8> {
        bytes.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect()
    }

    pub(super) fn parse(input: &[u8], mask: [u8; 4]) -> nom::IResult<&[u8], Vec<u8>, DecodeError> {
        Ok((&[], masked(input, mask)))
    }

    pub(super) fn encode<S: Sink + ?Sized>(
        value: &[u8],
        out: &mut S,
        mask: [u8; 4],
    ) -> Result<(), EncodeError> {
        out.put(&masked(value, mask))
    }

    pub(super) fn encoded_len(value: &[u8], _: [u8; 4]) -> usize {
        value.len()
    }
}

fn message(last: bool, opcode: u8, mask: Option<[u8; 4]>, payload: &[u8]) -> Message {
    Message {
        last,
        reserved: 0,
        opcode,
        is_masked: Auto::new(),
        len: Auto::new(),
        len_16: Auto::new(),
        len_64: Auto::new(),
        mask,
        payload: payload.to_vec(),
    }
}

#[test]
fn short() {
    let mask = Some([0x37, 0xfa, 0x21, 0x3d]);
    proves("websocket-text", &hex("81 05 48 65 6c 6c 6f"), message(true, 1, None, b"Hello"));
    proves("websocket-masked", &hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"), message(true, 1, mask, b"Hello"));
    proves("websocket-first", &hex("01 03 48 65 6c"), message(false, 1, None, b"Hel"));
    proves("websocket-last", &hex("80 02 6c 6f"), message(true, 0, None, b"lo"));
}

#[test]
fn long() {
    let data = [0x55; 65_536];
    let sent = |header: &str, len: usize| [hex(header), data[..len].to_vec()].concat();
    proves("websocket-256", &sent("82 7e 01 00", 256), message(true, 2, None, &data[..256]));
    let (bytes, longest) = (sent("82 7f 00 00 00 00 00 01 00 00", 65_536), message(true, 2, None, &data));
    assert_eq!(Message::decode(&bytes).unwrap(), longest);
    assert_eq!(longest.to_vec().unwrap(), bytes);
    // A length must have its shortest form.
    assert!(Message::decode(&sent("82 7e 00 05", 5)).is_err());
}
