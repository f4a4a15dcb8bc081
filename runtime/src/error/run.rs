//! The error of servers and clients.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use std::io;
use std::net::SocketAddr;

use super::{DecodeError, EncodeError};

/// `Result` with [`Error`] as its default error, for `main` and the like.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why a server or a client could not go on.
///
/// `{}` is one line, and so is `{:?}`, which is what `main` shows of an error it returns; `{:#}` and `{:#?}` add
/// the bytes around the fault of a malformed frame.
///
/// ```
/// # async fn f() {
/// let error = framewright::Client::<Empty>::connect("127.0.0.1:1").await.unwrap_err();
/// assert!(matches!(error, framewright::Error::Connect { .. }));
/// # }
/// # #[derive(framewright::Frame)] #[frame(be)] struct Empty { kind: u8 }
/// ```
#[non_exhaustive]
pub enum Error {
    /// An address could not be listened on.
    Bind {
        /// The address as it was given.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// A peer could not be reached.
    Connect {
        /// The address as it was given.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// Reading or writing failed.
    Io(io::Error),
    /// The peer sent a malformed frame.
    Decode(DecodeError),
    /// A datagram is no frame.
    Datagram {
        /// Who sent it.
        from: SocketAddr,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// A frame could not be put on the wire.
    Encode(EncodeError),
    /// The connection is closed, or was while an answer was due.
    Closed,
    /// The out-buffer is full: the peer takes less than it is sent.
    Full,
    /// Something did not happen in time; the text says what.
    Timeout(&'static str),
    /// An error of the program's own, such as a handler's.
    Other(Box<dyn core::error::Error + Send + Sync>),
}

impl Error {
    /// The program's own error, or a text, as one of ours.
    pub fn other(error: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> Self {
        Self::Other(error.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { address, source } => {
                write!(f, "cannot listen on {address}: {source}{}", bind_hint(source))
            }
            Self::Connect { address, source } => write!(f, "cannot connect to {address}: {source}"),
            Self::Io(source) => source.fmt(f),
            Self::Decode(source) => {
                f.write_str("malformed frame: ")?;
                source.fmt(f)
            }
            Self::Datagram { from, source } => {
                write!(f, "malformed datagram from {from}: ")?;
                source.fmt(f)
            }
            Self::Encode(source) => {
                f.write_str("frame cannot be sent: ")?;
                source.fmt(f)
            }
            Self::Closed => f.write_str("the connection is closed"),
            Self::Full => f.write_str("the out-buffer is full: the peer takes less than it is sent"),
            Self::Timeout(what) => write!(f, "timed out: {what}"),
            Self::Other(source) => source.fmt(f),
        }
    }
}

/// The sentence of `Display`: it is what `main` and a failed `unwrap` show.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What to do about the common reasons for which an address cannot be had.
fn bind_hint(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::AddrInUse => " (another program has this port; stop it or choose another)",
        io::ErrorKind::PermissionDenied => " (ports below 1024 need privileges; choose a higher one)",
        io::ErrorKind::AddrNotAvailable => " (no interface of this machine has this address)",
        io::ErrorKind::InvalidInput => " (write it as HOST:PORT, such as 127.0.0.1:8888 or [::1]:8888)",
        _ => "",
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Bind { source, .. } | Self::Connect { source, .. } | Self::Io(source) => Some(source),
            Self::Decode(source) | Self::Datagram { source, .. } => Some(source),
            Self::Encode(source) => Some(source),
            Self::Other(source) => Some(&**source),
            Self::Closed | Self::Full | Self::Timeout(_) => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(source: io::Error) -> Self {
        Self::Io(source)
    }
}

impl From<DecodeError> for Error {
    fn from(source: DecodeError) -> Self {
        Self::Decode(source)
    }
}

impl From<EncodeError> for Error {
    fn from(source: EncodeError) -> Self {
        Self::Encode(source)
    }
}
