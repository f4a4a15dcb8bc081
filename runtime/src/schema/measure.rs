//! What a parser says of a frame that it measures.

use super::delimiter::Delimiter;

use super::types::Type;
use crate::budget::Budget;
use crate::error::DecodeError;

/// Finds out how many bytes a value takes by parsing it.
#[doc(hidden)]
pub type Measure = fn(&[u8], &Budget) -> Measured;

/// What measuring a frame by its own parser gives.
#[derive(Clone, Debug)]
#[doc(hidden)]
#[non_exhaustive]
pub enum Measured {
    /// The frame takes so many bytes.
    Takes(usize),
    /// So many bytes are missing at least.
    Lacks(usize),
    /// A part of it has to arrive first that can be waited for any number of
    /// times; from `at` on, it is this.
    Awaits {
        /// How far into the frame.
        at: usize,
        /// What is awaited there.
        part: Endless,
    },
    /// The bytes are no such frame.
    Malformed(DecodeError),
}

/// A part of a frame that takes any number of reads to arrive, so that
/// parsing the frame at each of them would take quadratic time.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
#[non_exhaustive]
pub enum Endless {
    /// Bytes up to a delimiter.
    Until(&'static [u8]),
    /// The same for one of several delimiters.
    UntilAny(&'static Delimiter),
    /// So many items.
    Items(&'static Type, usize),
    /// Items up to one that can be told by its bytes.
    ItemsUntil(&'static Type, fn(&[u8]) -> bool),
}
