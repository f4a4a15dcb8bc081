//! UTF-16: code units of two bytes. Characters beyond U+FFFF take two code units.

use alloc::format;
use alloc::string::String;
use core::marker::PhantomData;

use super::{Encoding, IN_LUA, malformed};
use crate::error::{DecodeError, EncodeError};
use crate::schema::{Code, Order};
use crate::sink::Sink;
use crate::wire::ByteOrder;

/// UTF-16 with code units in byte order `O`. A byte order mark is treated like any other character.
#[derive(Clone, Copy, Debug)]
pub struct Utf16<O>(PhantomData<O>);

static BIG_IN_LUA: Code = Code::new("encoded(ENC_UTF_16 + ENC_BIG_ENDIAN, 2)", IN_LUA);
static LITTLE_IN_LUA: Code = Code::new("encoded(ENC_UTF_16 + ENC_LITTLE_ENDIAN, 2)", IN_LUA);

impl<O: ByteOrder + 'static> Utf16<O> {
    const IS_LITTLE: bool = matches!(O::ORDER, Some(Order::Little));

    fn units(bytes: &[u8]) -> impl Iterator<Item = u16> {
        bytes.chunks_exact(2).map(|unit| match unit {
            [low, high] if Self::IS_LITTLE => u16::from_le_bytes([*low, *high]),
            [high, low] => u16::from_be_bytes([*high, *low]),
            _ => 0,
        })
    }
}

impl<O: ByteOrder + 'static> Encoding for Utf16<O> {
    const NAME: &'static str = if Self::IS_LITTLE { "utf16le" } else { "utf16be" };
    const UNITS: Option<Order> = Some(if Self::IS_LITTLE { Order::Little } else { Order::Big });
    const LETTERS: &'static [&'static str] = &["a", "b", "7", " ", "Z", "é", "✓", "😀"];
    const KAITAI: &'static str = if Self::IS_LITTLE { "UTF-16LE" } else { "UTF-16BE" };
    const LUA: &'static Code = if Self::IS_LITTLE { &LITTLE_IN_LUA } else { &BIG_IN_LUA };

    fn decode(bytes: &[u8]) -> Result<String, DecodeError> {
        if bytes.len() % 2 == 1 {
            let found = format!("{} bytes", bytes.len());
            return Err(malformed("code units of two bytes", found, bytes.len() - 1));
        }
        let mut text = String::with_capacity(bytes.len());
        let mut at = 0;
        for character in char::decode_utf16(Self::units(bytes)) {
            match character {
                Ok(character) => {
                    text.push(character);
                    at += 2 * character.len_utf16();
                }
                Err(lone) => {
                    let found = format!("the lone surrogate {:#06x}", lone.unpaired_surrogate());
                    return Err(malformed("a character of UTF-16", found, at));
                }
            }
        }
        Ok(text)
    }

    fn size(text: &str) -> usize {
        text.chars().map(|character| 2 * character.len_utf16()).fold(0, usize::saturating_add)
    }

    fn encode<S: Sink + ?Sized>(text: &str, out: &mut S) -> Result<(), EncodeError> {
        text.encode_utf16().try_for_each(|unit| {
            out.put(&if Self::IS_LITTLE { unit.to_le_bytes() } else { unit.to_be_bytes() })
        })
    }
}
