//! ASCII: the characters U+0000 to U+007F.

use alloc::format;
use alloc::string::String;

use super::{Encoding, IN_LUA, malformed, unwritable};
use crate::error::{DecodeError, EncodeError};
use crate::schema::Code;
use crate::sink::Sink;

/// ASCII: each character is one byte and uses seven bits of it.
#[derive(Clone, Copy, Debug)]
pub struct Ascii;

static LUA: Code = Code::new("encoded(ENC_ASCII, 1)", IN_LUA);

impl Encoding for Ascii {
    const NAME: &'static str = "ascii";
    const LETTERS: &'static [&'static str] = &["a", "b", "7", " ", "Z", "_", "~", "\u{1}"];
    const KAITAI: &'static str = "ASCII";
    const LUA: &'static Code = &LUA;

    fn decode(bytes: &[u8]) -> Result<String, DecodeError> {
        if let Some(at) = bytes.iter().position(|byte| !byte.is_ascii()) {
            let found = bytes.get(at).copied().unwrap_or(0);
            return Err(malformed("a character of ASCII", format!("{found:#04x}"), at));
        }
        Ok(bytes.iter().copied().map(char::from).collect())
    }

    fn size(text: &str) -> usize {
        text.len()
    }

    fn encode<S: Sink + ?Sized>(text: &str, out: &mut S) -> Result<(), EncodeError> {
        match text.chars().find(|character| !character.is_ascii()) {
            Some(character) => Err(unwritable("ascii", character)),
            None => out.put(text.as_bytes()),
        }
    }
}
