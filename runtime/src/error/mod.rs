//! What can go wrong, and where: [`DecodeError`], [`EncodeError`] and, with
//! the standard library, the [`Error`] of servers and clients.

mod decode;
mod encode;
mod path;
#[cfg(feature = "std")]
mod run;

pub use decode::{DecodeError, DecodeErrorKind};
pub use encode::{EncodeError, EncodeErrorKind};
#[cfg(feature = "std")]
pub use run::{Error, Result};
