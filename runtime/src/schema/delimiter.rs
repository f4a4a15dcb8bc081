//! What ends a value of no known size.

use core::fmt;

use super::Order;
use crate::wire::{Fill, Found, find, find_any, find_units};

/// Byte strings, any of which ends a value; the first is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delimiter {
    /// All of them. None begins as another does.
    pub any: &'static [&'static [u8]],
    /// What becomes of it.
    pub ending: Ending,
    /// Whether it may be missing at the end of what encloses the value.
    pub optional: bool,
    /// The byte order of code units of two bytes, of which it consists: it stands only where one begins.
    pub units: Option<Order>,
}

/// What becomes of a delimiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is consumed, and no part of the value.
    Consumed,
    /// It stays for the field that follows.
    Left,
    /// It is there exactly if something follows in what encloses the value.
    Between,
    /// It stands between the items of a list.
    Separates,
}

/// What may end a value before its extent does; the rest of the extent is filled up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stop {
    /// The delimiters.
    pub delimiter: Delimiter,
    /// What stands behind it.
    pub fill: u8,
}

impl Delimiter {
    /// A delimiter; what derived code makes.
    ///
    /// # Panics
    /// While constants are evaluated, that is, as a compile error: when one alternative begins as another does, or is
    /// empty.
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
                    "one alternative begins as another does, so which of them ends a value could not be told"
                );
                other += 1;
            }
            one += 1;
        }
        Self { any, ending, optional, units: None }
    }

    /// With code units of two bytes; what derived code says.
    ///
    /// # Panics
    /// While constants are evaluated, that is, as a compile error: when it is of half of one.
    #[doc(hidden)]
    #[must_use]
    pub const fn units(mut self, order: Option<Order>) -> Self {
        let mut one = 0;
        while one < self.any.len() {
            assert!(
                order.is_none() || self.any[one].len() % 2 == 0,
                "a code unit of this text has two bytes, and a part of the delimiter is half of one"
            );
            one += 1;
        }
        self.units = order;
        self
    }

    /// Those that a whole frame ends with, any of which is consumed.
    pub(crate) const fn of_frame(any: &'static [&'static [u8]]) -> Self {
        Self { any, ending: Ending::Consumed, optional: false, units: None }
    }

    /// Where the first of them stands.
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

    /// The one that is written.
    #[must_use]
    pub const fn written(&self) -> &'static [u8] {
        match self.any {
            [first, ..] => first,
            [] => &[],
        }
    }
}

impl Stop {
    /// What may end a value early; what derived code makes.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(delimiter: Delimiter, fill: u8) -> Self {
        Self { delimiter, fill }
    }

    /// What stands behind it.
    #[doc(hidden)]
    #[must_use]
    pub fn filling(&self) -> Fill {
        Fill::new(self.fill, self.delimiter.units)
    }

    /// Where the value ends in its place. One that ends within a code unit has no end: it could not be filled up.
    pub(crate) fn find(&self, place: &[u8]) -> Found {
        match self.delimiter.units {
            Some(_) if place.len() % 2 == 1 => Found::Nothing,
            _ => self.delimiter.find(place, true),
        }
    }

    /// What ends a value of which so many bytes of its place are left: the first delimiter that fits.
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

/// As it is written in the declaration: `"\\r\\n" | "\\n", left`.
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
