//! Encodings of text as values.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{Code, Order};
use crate::error::{DecodeError, EncodeError};

/// An encoding of text other than UTF-8: its name, its sizes, and the functions that read and write
/// it.
///
/// A schema contains the encoding itself, as it does for a [`NumberFormat`](super::NumberFormat),
/// so that every reader of a schema uses the code that generated parsers call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TextFormat {
    /// Name of the encoding in the annotation language.
    pub name: &'static str,
    /// Minimum size of a text in bytes.
    pub min_len: usize,
    /// Maximum size of a text in bytes, if it is limited.
    pub max_len: Option<usize>,
    /// Byte order of the code units, if they have two bytes.
    pub units: Option<Order>,
    pub(crate) reader: TextReader,
    pub(crate) writer: TextWriter,
    /// Some characters that the encoding supports.
    #[cfg_attr(
        not(any(feature = "testing", all(feature = "cli", feature = "net"))),
        allow(dead_code, reason = "for values made from schemas")
    )]
    pub(crate) letters: &'static [&'static str],
    /// Code for Lua dissectors that reads the encoding.
    pub(crate) lua: Option<&'static Code>,
    /// Name of the encoding in Kaitai Struct.
    pub(crate) kaitai: Option<&'static str>,
}

/// A function that decodes text.
pub(crate) type TextReader = fn(&[u8]) -> Result<String, DecodeError>;

/// A function that encodes text.
pub(crate) type TextWriter = fn(&str, &mut Vec<u8>) -> Result<(), EncodeError>;

impl TextFormat {
    /// Decodes all of `bytes`.
    ///
    /// # Errors
    /// Returns an error if the bytes are invalid in this encoding.
    ///
    /// ```
    /// use framewright::prelude::*;
    /// use framewright::schema::Type;
    ///
    /// #[derive(Frame)]
    /// struct Name(#[text(latin1)] #[rest] String);
    ///
    /// let Type::Encoded(latin1) = Name::SCHEMA.fields(0)[0].ty else { unreachable!() };
    /// assert_eq!(latin1.name, "latin1");
    /// assert_eq!(latin1.read(b"caf\xe9").unwrap(), "café");
    /// let mut bytes = Vec::new();
    /// latin1.write("café", &mut bytes)?;
    /// assert_eq!(bytes, b"caf\xe9");
    /// # Ok::<(), framewright::EncodeError>(())
    /// ```
    pub fn read(&self, bytes: &[u8]) -> Result<String, DecodeError> {
        (self.reader)(bytes)
    }

    /// Encodes a text and appends it.
    ///
    /// # Errors
    /// Returns an error if a character is not in this encoding.
    pub fn write(&self, text: &str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        (self.writer)(text, out)
    }

    /// Returns the size of every text in bytes, if the size is fixed.
    pub(crate) fn size(&self) -> Option<usize> {
        self.max_len.filter(|most| *most == self.min_len)
    }
}

/// Two formats are equal if they encode every text alike.
impl PartialEq for TextFormat {
    fn eq(&self, other: &Self) -> bool {
        (self.name, self.min_len, self.max_len) == (other.name, other.min_len, other.max_len)
    }
}

impl fmt::Display for TextFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        self.size().iter().try_for_each(|bytes| write!(f, " of {bytes} bytes"))
    }
}
