//! Measurement of a frame by its parser.

use super::delimiter::Delimiter;

use super::types::Type;
use crate::budget::Budget;
use crate::error::DecodeError;

/// A function that measures a value by parsing it.
#[doc(hidden)]
pub type Measure = fn(&[u8], &Budget) -> Measured;

/// The result of measuring a frame by its parser.
#[derive(Clone, Debug)]
#[doc(hidden)]
#[non_exhaustive]
pub enum Measured {
    /// The frame takes this many bytes.
    Takes(usize),
    /// At least this many bytes are missing.
    Lacks(usize),
    /// This part may take any number of reads, and must arrive before the frame can be measured.
    Awaits {
        /// Offset of the part in the frame.
        at: usize,
        /// The part that must arrive.
        part: Endless,
    },
    /// The bytes are malformed.
    Malformed(DecodeError),
}

/// A part of a frame that may take any number of reads to arrive, so that parsing the frame at each
/// read would take quadratic time.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
#[non_exhaustive]
pub enum Endless {
    /// Bytes up to a delimiter.
    Until(&'static [u8]),
    /// Bytes up to one of several delimiters.
    UntilAny(&'static Delimiter),
    /// This number of items.
    Items(&'static Type, usize),
    /// Items up to the last one.
    ItemsUntil(&'static Type, IsLast),
}

/// A function that tells from the bytes of an item whether it is the last one of its list. It returns
/// `None` for an item that the parser refuses.
#[doc(hidden)]
pub type IsLast = fn(&[u8]) -> Option<bool>;
