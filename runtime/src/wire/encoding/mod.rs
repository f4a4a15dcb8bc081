//! Text in encodings other than UTF-8.
//!
//! An encoding is a type, like a number format. A new encoding is one file here with the marker
//! type and its [`Encoding`], and a line in this file.

mod ascii;
mod latin1;
mod utf16;

pub use self::ascii::Ascii;
pub use self::latin1::Latin1;
pub use self::utf16::Utf16;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::marker::PhantomData;

use super::{Content, Fault, Format, FromExtent, Shape};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::{Code, Order, TextFormat, Type};
use crate::sink::Sink;
use crate::source::Source;

/// The format of text in encoding `E`.
#[derive(Clone, Copy, Debug)]
pub struct Encoded<E>(PhantomData<E>);

impl<E> Format for Encoded<E> {}

/// An encoding of text.
pub trait Encoding: 'static {
    /// Name of the encoding in the annotation language.
    const NAME: &'static str;
    /// Byte order of the code units, if they have two bytes.
    const UNITS: Option<Order> = None;
    /// Some characters of the encoding, for generated samples.
    const LETTERS: &'static [&'static str];
    /// Name of the encoding in Kaitai Struct.
    const KAITAI: &'static str;
    /// Lua code for Wireshark.
    const LUA: &'static Code;

    /// Decodes text.
    ///
    /// # Errors
    /// Returns an error if the bytes are invalid in this encoding.
    fn decode(bytes: &[u8]) -> Result<String, DecodeError>;

    /// Returns the number of bytes that a text takes.
    fn size(text: &str) -> usize;

    /// Appends a text.
    ///
    /// # Errors
    /// Returns an error if a character is not in this encoding.
    fn encode<S: Sink + ?Sized>(text: &str, out: &mut S) -> Result<(), EncodeError>;
}

/// Returns the encoding as a value for schemas.
const fn text_format<E: Encoding>() -> TextFormat {
    TextFormat {
        name: E::NAME,
        min_len: 0,
        max_len: None,
        units: E::UNITS,
        reader: E::decode,
        writer: write::<E>,
        letters: E::LETTERS,
        lua: Some(E::LUA),
        kaitai: Some(E::KAITAI),
    }
}

fn write<E: Encoding>(text: &str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    E::encode(text, out)
}

/// Returns the error of invalid bytes.
#[cold]
fn malformed(expected: &'static str, found: String, at: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Value { expected: expected.into(), found }).after(at)
}

/// Returns the error of a character that is not in the encoding.
#[cold]
fn unwritable(name: &str, found: char) -> EncodeError {
    let (expected, found) = (format!("text in {name}").into(), format!("{found:?}"));
    EncodeError::new(EncodeErrorKind::Range { expected, found })
}

macro_rules! text {
    ($($type:ty),*) => {$(
        impl<E: Encoding> Shape<Encoded<E>> for $type {
            const TYPE: Type = Type::Encoded(const { &text_format::<E>() });
        }

        impl<E: Encoding> Content<Encoded<E>> for $type {
            fn size(&self) -> usize {
                E::size(self)
            }

            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                E::encode(self, out)
            }
        }

        impl<'a, E: Encoding> FromExtent<'a, Encoded<E>> for $type {
            fn from_extent(extent: &'a [u8], src: &Source<'a>) -> Result<Self, Fault> {
                // In UTF-8 no character takes more than twice the bytes that it has here.
                src.take_memory(extent.len().saturating_mul(2))?;
                E::decode(extent).map(Self::from).map_err(nom::Err::Error)
            }
        }
    )*};
}

text!(String, Box<str>, Arc<str>);

/// Lua function for text in an encoding that Wireshark knows.
const IN_LUA: &str = r#"local function encoded(encoding, width)
  return { field = "string", read = function(s, tree, field)
    local count = s.limit - s.at
    -- Zeros that fill it up are no part of it.
    local used = count
    while used >= width and raw({ tvb = s.tvb, at = s.at + used - width }, width):find("^%z+$") do used = used - width end
    local value = used > 0 and s.tvb(s.at, used):string(encoding) or ""
    show(s, tree, field, count, value)
    return value
  end }
end
"#;
