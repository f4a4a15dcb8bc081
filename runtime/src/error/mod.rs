//! Error types: [`DecodeError`], [`EncodeError`] and, with the standard library, the [`Error`] of
//! servers and clients.

mod decode;
mod encode;
mod one_line;
mod path;
#[cfg(feature = "std")]
mod run;
#[cfg(feature = "std")]
mod tunnel;

#[cfg(any(feature = "net", feature = "json"))]
pub(crate) use one_line::OneLine;

pub use decode::{DecodeError, DecodeErrorKind};
pub use encode::{EncodeError, EncodeErrorKind};
#[cfg(feature = "std")]
pub use run::{Error, Result};
#[cfg(feature = "std")]
pub use tunnel::TunnelError;
