//! Encoding of text other than UTF-8.

use super::{Encoder, Refused};
use crate::model::{Encoding, Order};
use crate::values::Value;

/// An encoding, with the byte order of its code units.
#[derive(Clone, Copy)]
pub(super) struct Encoded {
    encoding: Encoding,
    order: Option<Order>,
}

impl Encoded {
    pub(super) fn new(encoding: Encoding, order: Option<Order>) -> Self {
        let own = match encoding {
            Encoding::Utf16(own) => own,
            Encoding::Ascii | Encoding::Latin1 => None,
        };
        Self { encoding, order: own.or(order) }
    }

    /// Returns the size of a code unit in bytes.
    pub(super) fn unit(self) -> usize {
        if matches!(self.encoding, Encoding::Utf16(_)) { 2 } else { 1 }
    }

    /// Converts a byte string to code units, one for each byte.
    pub(super) fn units(self, bytes: &[u8]) -> Vec<u8> {
        if self.unit() == 1 {
            return bytes.to_vec();
        }
        bytes.iter().flat_map(|byte| self.pair(u16::from(*byte))).collect()
    }

    fn pair(self, unit: u16) -> [u8; 2] {
        if self.order == Some(Order::Little) { unit.to_le_bytes() } else { unit.to_be_bytes() }
    }
}

impl Encoder<'_> {
    pub(super) fn encoded(&self, text: Encoded, value: &Value) -> Result<Vec<u8>, Refused> {
        let Value::Bytes(bytes) = value else { return Err("no text") };
        let string = String::from_utf8_lossy(bytes);
        let most = match text.encoding {
            Encoding::Ascii => 0x7f,
            Encoding::Latin1 => 0xff,
            Encoding::Utf16(_) => {
                return Ok(string.encode_utf16().flat_map(|unit| text.pair(unit)).collect());
            }
        };
        let byte = |char: char| u8::try_from(u32::from(char)).ok().filter(|byte| *byte <= most);
        string.chars().map(|char| byte(char).ok_or("a character that the encoding does not have")).collect()
    }
}
