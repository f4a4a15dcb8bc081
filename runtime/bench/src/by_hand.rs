//! The common code of the hand-written implementations.

use std::fmt;

/// The error of a hand-written parser or encoder. It contains the same information as an error of
/// generated code, and its text is made only when needed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Error {
    /// At least this number of bytes is missing.
    Incomplete(usize),
    /// A field is invalid, at this offset and for this reason.
    Invalid { field: &'static str, at: usize, why: &'static str },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete(missing) => write!(f, "{missing} bytes are missing"),
            Self::Invalid { field, at, why } => write!(f, "{field} at byte {at}: {why}"),
        }
    }
}

impl std::error::Error for Error {}

/// The remaining input and the value.
pub(crate) type Parsed<'a, T> = Result<(&'a [u8], T), Error>;

/// Returns the error for input of less than `needed` bytes.
#[cold]
pub(crate) fn incomplete(input: &[u8], needed: usize) -> Error {
    Error::Incomplete(needed - input.len())
}

#[cold]
pub(crate) fn invalid(field: &'static str, at: usize, why: &'static str) -> Error {
    Error::Invalid { field, at, why }
}
