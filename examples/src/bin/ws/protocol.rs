//! The frames of WebSocket (RFC 6455), and the payload of a close frame.

use framewright::prelude::*;

/// A frame: a message, a piece of a message, or a control frame (close, ping, pong).
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct WsFrame {
    /// Whether this is the only or the last piece of a message.
    #[bits(1)]
    pub last: bool,
    /// Reserved for extensions, which are not supported.
    #[bits(3)]
    #[pad(strict)]
    pub reserved: Auto,
    /// The kind of frame.
    #[bits(4)]
    #[check(last || !opcode.is_control(), "a control frame cannot be in pieces")]
    pub opcode: Opcode,
    #[bits(1)]
    #[presence_of(key)]
    pub is_masked: Auto<bool>,
    /// The length of the payload. 126 means that `len_16` holds the length, 127 that `len_64` does.
    #[bits(7)]
    #[calc(short(payload.len()), verify)]
    #[check(len <= CONTROL || !opcode.is_control(), "a control frame has at most 125 bytes")]
    pub len: Auto<u8>,
    #[when(len == 126)]
    #[calc(u16::try_from(payload.len()).unwrap_or(u16::MAX), verify)]
    pub len_16: Auto<u16>,
    #[when(len == 127)]
    #[calc(u64::try_from(payload.len()).unwrap_or(u64::MAX), verify)]
    pub len_64: Auto<u64>,
    /// The key that masks the payload. Only clients mask their frames.
    pub key: Option<[u8; 4]>,
    /// The payload, unmasked.
    #[with(masking)]
    #[ctx(key.unwrap_or_default())]
    #[len(match len { 126 => len_16.into(), 127 => len_64, short => short.into() })]
    pub payload: Vec<u8>,
}

/// The kind of a frame.
#[derive(Frame, Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[frame(tag = u8)]
pub enum Opcode {
    /// The next piece of a message.
    Continuation = 0,
    /// A message of text in UTF-8, or its first piece.
    Text = 1,
    /// A message of bytes, or its first piece.
    Binary = 2,
    /// The last frame from its sender. The payload is a [`Closing`], or empty.
    Close = 8,
    /// A request for a pong with the same payload.
    Ping = 9,
    Pong = 10,
}

/// The payload of a close frame.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Closing {
    /// The number of the reason (RFC 6455, section 7.4).
    pub code: u16,
    /// The reason as text.
    #[rest]
    pub reason: String,
}

/// The maximum size of a control frame's payload in bytes.
const CONTROL: u8 = 125;

impl Opcode {
    /// Returns `true` for a control frame, which may come between the pieces of a message.
    #[must_use]
    pub fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

impl WsFrame {
    /// Returns an unmasked frame that is a whole message or a control frame.
    #[must_use]
    pub fn new(opcode: Opcode, payload: Vec<u8>) -> Self {
        Self {
            last: true,
            reserved: Auto::new(),
            opcode,
            is_masked: Auto::new(),
            len: Auto::new(),
            len_16: Auto::new(),
            len_64: Auto::new(),
            key: None,
            payload,
        }
    }
}

/// Returns the value of `len`: the length, or 126 or 127 if another field holds it.
fn short(len: usize) -> u8 {
    match u8::try_from(len) {
        Ok(len @ ..=CONTROL) => len,
        _ if u16::try_from(len).is_ok() => 126,
        _ => 127,
    }
}

/// Masks the payload: each byte is combined by XOR with a byte of the key, which is repeated.
mod masking {
    use framewright::{DecodeError, EncodeError, Sink, nom};

    fn masked(bytes: &[u8], key: [u8; 4]) -> Vec<u8> {
        bytes.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect()
    }

    pub(super) fn parse(input: &[u8], key: [u8; 4]) -> nom::IResult<&[u8], Vec<u8>, DecodeError> {
        Ok((&[], masked(input, key)))
    }

    pub(super) fn encode<S: Sink + ?Sized>(
        value: &[u8],
        out: &mut S,
        key: [u8; 4],
    ) -> Result<(), EncodeError> {
        out.put(&masked(value, key))
    }

    pub(super) fn encoded_len(value: &[u8], _: [u8; 4]) -> usize {
        value.len()
    }
}
