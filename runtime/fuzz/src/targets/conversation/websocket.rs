//! WebSocket frames (RFC 6455, section 5.2).

use framewright::prelude::*;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Message {
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
    #[calc(short(payload.len()), verify)]
    len: Auto<u8>,
    #[when(len == 126)]
    #[calc(u16::try_from(payload.len()).unwrap_or(u16::MAX), verify)]
    len_16: Auto<u16>,
    #[when(len == 127)]
    #[calc(u64::try_from(payload.len()).unwrap_or(u64::MAX), verify)]
    len_64: Auto<u64>,
    mask: Option<[u8; 4]>,
    #[len(match len { 126 => len_16.into(), 127 => len_64, short => short.into() })]
    payload: Vec<u8>,
}

impl Message {
    /// Returns the frame as a server sends it, without a mask.
    pub(super) fn unmasked(mut self) -> Self {
        if let Some(mask) = self.mask.take() {
            self.payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
        }
        self
    }
}

/// Returns the value of the short length field: the length itself, 126 if the length is in
/// `len_16`, or 127 if it is in `len_64`.
fn short(len: usize) -> u8 {
    match u8::try_from(len) {
        Ok(len @ ..126) => len,
        _ if u16::try_from(len).is_ok() => 126,
        _ => 127,
    }
}
