//! WebSocket: the frames of RFC 6455, and what the one that closes says.

use framewright::prelude::*;

/// A frame: a whole message, a piece of one, or a control frame (close, ping, pong).
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct WsFrame {
    /// Whether it is the last piece of its message.
    #[bits(1)]
    pub last: bool,
    /// For extensions, of which there are none here.
    #[bits(3)]
    #[pad(strict)]
    pub reserved: Auto,
    /// What it is.
    #[bits(4)]
    #[check(last || !opcode.is_control(), "a control frame cannot be in pieces")]
    pub opcode: Opcode,
    #[bits(1)]
    #[presence_of(key)]
    pub is_masked: Auto<bool>,
    /// The length of the payload, or which of the next two has it.
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
    /// What the payload is masked with on the wire, by clients.
    pub key: Option<[u8; 4]>,
    /// The payload, not masked.
    #[with(masking)]
    #[ctx(key.unwrap_or_default())]
    #[len(match len { 126 => len_16.into(), 127 => len_64, short => short.into() })]
    pub payload: Vec<u8>,
}

/// What a frame is.
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
    /// The last frame that its sender sends. The payload is a [`Closing`], or nothing.
    Close = 8,
    /// Asks for a pong with the same payload.
    Ping = 9,
    Pong = 10,
}

/// The payload of a frame that closes.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Closing {
    /// Why, as a number.
    pub code: u16,
    /// Why, for people.
    #[rest]
    pub reason: String,
}

/// A control frame has no more bytes than this.
const CONTROL: u8 = 125;

impl Opcode {
    /// Whether frames of this kind may stand between the pieces of a message.
    #[must_use]
    pub fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

impl WsFrame {
    /// A frame in one piece, not masked.
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

/// The length, or which longer field has it.
fn short(len: usize) -> u8 {
    match u8::try_from(len) {
        Ok(len @ ..=CONTROL) => len,
        _ if u16::try_from(len).is_ok() => 126,
        _ => 127,
    }
}

/// Masking: each byte is XORed with the next of the key, over and over.
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
