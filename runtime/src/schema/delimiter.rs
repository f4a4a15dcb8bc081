//! Delimiters as data.

use core::fmt;

use super::Order;
use crate::wire::{Fill, Found, find, find_any, find_units};

/// The delimiters of a value. Any of these byte strings ends the value. The first one is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delimiter {
    /// The alternatives. None of them is a prefix of another.
    pub any: &'static [&'static [u8]],
    /// Treatment of the delimiter.
    pub ending: Ending,
    /// Whether the delimiter may be missing at the end of the enclosing extent.
    pub optional: bool,
    /// Byte order of the code units, if the delimiter consists of units of two bytes. The delimiter
    /// is then found at even offsets only.
    pub units: Option<Order>,
}

/// The treatment of a delimiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The delimiter is consumed, and is not part of the value.
    Consumed,
    /// The delimiter is left for the field that follows.
    Left,
    /// The delimiter is present exactly if something follows within the enclosing extent.
    Between,
    /// The delimiter separates the items of a list.
    Separates,
}

/// A delimiter that may end a value before the end of its extent. The rest of the extent is
/// padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stop {
    /// The delimiter, with its alternatives.
    pub delimiter: Delimiter,
    /// Padding byte for the rest of the extent.
    pub fill: u8,
}

impl Delimiter {
    /// Creates a delimiter; used by generated code.
    ///
    /// # Panics
    /// Panics if an alternative is empty or a prefix of another. During constant evaluation this is
    /// a compile error.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(any: &'static [&'static [u8]], ending: Ending, optional: bool) -> Self {
        let mut one = 0;
        while one < any.len() {
            assert!(!any[one].is_empty(), "a delimiter needs at least one byte");
            let mut other = 0;
            while other < any.len() {
                assert!(
                    one == other || !begins_with(any[one], any[other]),
                    "one alternative is a prefix of another, so it is ambiguous which of them ends a value"
                );
                other += 1;
            }
            one += 1;
        }
        Self { any, ending, optional, units: None }
    }

    /// Sets the byte order of code units of two bytes; used by generated code.
    ///
    /// # Panics
    /// Panics if an alternative has an odd number of bytes. During constant evaluation this is a
    /// compile error.
    #[doc(hidden)]
    #[must_use]
    pub const fn units(mut self, order: Option<Order>) -> Self {
        let mut one = 0;
        while one < self.any.len() {
            assert!(
                order.is_none() || self.any[one].len() % 2 == 0,
                "a code unit of this text has two bytes, so the delimiter needs an even number of bytes"
            );
            one += 1;
        }
        self.units = order;
        self
    }

    /// Returns the delimiters of a whole frame. Decoding consumes the delimiter that it finds.
    pub(crate) const fn of_frame(any: &'static [&'static [u8]]) -> Self {
        Self { any, ending: Ending::Consumed, optional: false, units: None }
    }

    /// Finds the first delimiter in `bytes`.
    #[inline]
    pub(crate) fn find(&self, bytes: &[u8], complete: bool) -> Found {
        match (self.units, self.any) {
            (None, [one]) if complete => {
                find(bytes, one).map_or(Found::Nothing, |at| Found::At(at, one.len()))
            }
            (None, any) => find_any(bytes, any, complete),
            (Some(_), any) => find_units(bytes, any, complete),
        }
    }

    /// Returns the alternative that is written.
    #[must_use]
    pub const fn written(&self) -> &'static [u8] {
        match self.any {
            [first, ..] => first,
            [] => &[],
        }
    }
}

impl Stop {
    /// Creates a delimiter that may end a value early; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(delimiter: Delimiter, fill: u8) -> Self {
        Self { delimiter, fill }
    }

    /// Returns the padding for the rest of the extent.
    #[doc(hidden)]
    #[must_use]
    pub fn filling(&self) -> Fill {
        Fill::new(self.fill, self.delimiter.units)
    }

    /// Finds the delimiter in `place`, the bytes of the extent. Finds nothing if code units have
    /// two bytes and the extent has an odd number of bytes, because no padding could fill such an
    /// extent.
    pub(crate) fn find(&self, place: &[u8]) -> Found {
        match self.delimiter.units {
            Some(_) if place.len() % 2 == 1 => Found::Nothing,
            _ => self.delimiter.find(place, true),
        }
    }

    /// Returns the first delimiter that fits into the `left` bytes between the value and the end of
    /// its extent.
    pub(crate) fn fits(&self, left: usize) -> Option<&'static [u8]> {
        self.delimiter.any.iter().copied().find(|bytes| bytes.len() <= left)
    }
}

const fn begins_with(whole: &[u8], begin: &[u8]) -> bool {
    if begin.len() > whole.len() {
        return false;
    }
    let mut at = 0;
    while at < begin.len() {
        if whole[at] != begin[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Writes the delimiter as in the declaration: `"\\r\\n" | "\\n", left`.
impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, bytes) in self.any.iter().enumerate() {
            write!(f, "{}\"{}\"", if index == 0 { "" } else { " | " }, bytes.escape_ascii())?;
        }
        f.write_str(match self.ending {
            Ending::Consumed => "",
            Ending::Left => ", left",
            Ending::Between => ", between",
            Ending::Separates => ", separates",
        })?;
        f.write_str(if self.optional { ", optional" } else { "" })
    }
}
