//! Latin-1 (ISO 8859-1): the characters U+0000 to U+00FF, one byte each. It differs from
//! windows-1252.

use alloc::string::String;

use super::{Encoding, IN_LUA, unwritable};
use crate::error::{DecodeError, EncodeError};
use crate::schema::Code;
use crate::sink::Sink;

/// Latin-1: each character is one byte.
#[derive(Clone, Copy, Debug)]
pub struct Latin1;

static LUA: Code = Code::new("encoded(ENC_ISO_8859_1, 1)", IN_LUA);

impl Encoding for Latin1 {
    const NAME: &'static str = "latin1";
    const LETTERS: &'static [&'static str] = &["a", "b", "7", " ", "Z", "é", "ÿ", "\u{80}"];
    const KAITAI: &'static str = "ISO-8859-1";
    const LUA: &'static Code = &LUA;

    fn decode(bytes: &[u8]) -> Result<String, DecodeError> {
        Ok(bytes.iter().copied().map(char::from).collect())
    }

    fn size(text: &str) -> usize {
        text.chars().count()
    }

    fn encode<S: Sink + ?Sized>(text: &str, out: &mut S) -> Result<(), EncodeError> {
        if text.is_ascii() {
            return out.put(text.as_bytes());
        }
        text.chars().try_for_each(|character| match u8::try_from(character) {
            Ok(byte) => out.put(&[byte]),
            Err(_) => Err(unwritable("latin1", character)),
        })
    }
}
