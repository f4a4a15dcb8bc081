//! The error of servers and clients.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use std::io;
use std::net::SocketAddr;

use super::{DecodeError, EncodeError};

/// A `Result` with [`Error`] as its default error, for `main` and the like.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// An error of a server, a session or a client.
///
/// Both `{}` and `{:?}` are one line. `main` prints the latter for an error that it returns. `{:#}`
/// and `{:#?}` add the bytes around the error of a malformed frame.
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
    /// Listening on an address failed.
    Bind {
        /// Address as given by the program.
        address: String,
        /// Error of the system.
        source: io::Error,
    },
    /// Connecting to a peer failed.
    Connect {
        /// Address as given by the program.
        address: String,
        /// Error of the system.
        source: io::Error,
    },
    /// Reading or writing failed.
    Io(io::Error),
    /// The peer sent a malformed frame.
    Decode(DecodeError),
    /// A peer sent a malformed datagram.
    Datagram {
        /// Address of the sender.
        from: SocketAddr,
        /// Error of decoding.
        source: DecodeError,
    },
    /// A frame could not be put on the wire.
    Encode(EncodeError),
    /// The connection is closed, or was closed before a reply arrived.
    Closed,
    /// The out-buffer is full, because the peer reads more slowly than frames are sent to it.
    Full,
    /// A time limit was exceeded; the text says which limit it is.
    Timeout(&'static str),
    /// An error of the program, for example of a handler.
    Other(Box<dyn core::error::Error + Send + Sync>),
}

impl Error {
    /// Wraps an error of the program, or a text.
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
            Self::Full => f.write_str("the out-buffer is full: the peer reads too slowly"),
            Self::Timeout(what) => write!(f, "timed out: {what}"),
            Self::Other(source) => source.fmt(f),
        }
    }
}

/// Prints the same as `Display`, because `main` and a failed `unwrap` print the `Debug` output.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Returns advice for common reasons why binding fails.
fn bind_hint(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::AddrInUse => " (another program uses this port; stop it or choose another)",
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
