//! WebSocket: the frames of RFC 6455, and the payload of a close frame.

use framewright::prelude::*;

/// A frame: a whole message, a piece of one, or a control frame (close, ping, pong).
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct WsFrame {
    /// Whether this is the last piece of a message.
    #[bits(1)]
    pub last: bool,
    /// Reserved for extensions, which are not supported here.
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
    /// The length of the payload, or 126 or 127 if one of the next two fields has it.
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
    /// The key that masks the payload on the wire. Only clients have one.
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
    /// The last frame of its sender. The payload is a [`Closing`], or empty.
    Close = 8,
    /// A request for a pong with the same payload.
    Ping = 9,
    Pong = 10,
}

/// The payload of a close frame.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Closing {
    /// The number of the reason.
    pub code: u16,
    /// The reason as text for people.
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
    /// Returns a frame in one piece, unmasked.
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

/// Returns the length, or 126 or 127 if a longer field has it.
fn short(len: usize) -> u8 {
    match u8::try_from(len) {
        Ok(len @ ..=CONTROL) => len,
        _ if u16::try_from(len).is_ok() => 126,
        _ => 127,
    }
}

/// Masking: each byte is combined by XOR with the next byte of the key, which repeats.
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
