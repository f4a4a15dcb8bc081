//! What the hand-written implementations share.

use std::fmt;

/// Why a hand-written parser or encoder refuses: as much as the generated code says, put together only when it is needed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Error {
    /// So many bytes are missing at least.
    Incomplete(usize),
    /// What is wrong with which field, and where.
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

/// What is left of the input, and the value.
pub(crate) type Parsed<'a, T> = Result<(&'a [u8], T), Error>;

/// Returns the bytes that are missing for `needed`.
#[cold]
pub(crate) fn incomplete(input: &[u8], needed: usize) -> Error {
    Error::Incomplete(needed - input.len())
}

#[cold]
pub(crate) fn invalid(field: &'static str, at: usize, why: &'static str) -> Error {
    Error::Invalid { field, at, why }
}
