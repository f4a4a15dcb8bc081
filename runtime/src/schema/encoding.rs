//! Encodings of text as values.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{Code, Order};
use crate::error::{DecodeError, EncodeError};

/// How text stands on the wire, other than as UTF-8: its name, its size, and how it is read and written.
///
/// A schema carries the encoding itself, as it does [`NumberFormat`](super::NumberFormat)s: everyone who goes by a
/// schema reads and writes text by the code that generated parsers call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TextFormat {
    /// As the annotation language calls it.
    pub name: &'static str,
    /// The fewest bytes that a text takes.
    pub min_len: usize,
    /// The most bytes that a text takes, if there is a limit.
    pub max_len: Option<usize>,
    /// The byte order of its code units, if these are of two bytes.
    pub units: Option<Order>,
    pub(crate) reader: TextReader,
    pub(crate) writer: TextWriter,
    /// Characters that it can carry.
    #[cfg_attr(
        not(any(feature = "testing", all(feature = "cli", feature = "net"))),
        allow(dead_code, reason = "for values made from schemas")
    )]
    pub(crate) letters: &'static [&'static str],
    /// How the Lua of a dissector reads it.
    pub(crate) lua: Option<&'static Code>,
    /// What Kaitai Struct calls it.
    pub(crate) kaitai: Option<&'static str>,
}

/// Reads the text that some bytes are.
pub(crate) type TextReader = fn(&[u8]) -> Result<String, DecodeError>;

/// Writes a text.
pub(crate) type TextWriter = fn(&str, &mut Vec<u8>) -> Result<(), EncodeError>;

impl TextFormat {
    /// The text that `bytes` are, all of them.
    ///
    /// # Errors
    /// When they are none in this encoding.
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

    /// Appends a text.
    ///
    /// # Errors
    /// When this encoding cannot carry it.
    pub fn write(&self, text: &str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        (self.writer)(text, out)
    }

    /// How many bytes every text takes, if they are as many.
    pub(crate) fn size(&self) -> Option<usize> {
        self.max_len.filter(|most| *most == self.min_len)
    }
}

/// Whether the same texts are the same bytes.
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
