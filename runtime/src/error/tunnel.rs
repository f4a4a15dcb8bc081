//! The error of a tunnel.

use std::{fmt, io};

use super::Error;

/// The error of a tunnel, with the numbers of bytes carried before it failed. It is inside the
/// [`Error::Io`] that the `tunnel` of a session returns:
///
/// ```
/// use framewright::{Error, blocking::TunnelError};
///
/// fn carried(error: &Error) -> Option<(u64, u64)> {
///     let Error::Io(error) = error else { return None };
///     let broken = error.get_ref()?.downcast_ref::<TunnelError>()?;
///     Some((broken.received, broken.sent))
/// }
/// ```
#[derive(Debug)]
pub struct TunnelError {
    /// Number of bytes received from the peer.
    pub received: u64,
    /// Number of bytes sent to the peer.
    pub sent: u64,
    source: io::Error,
}

impl fmt::Display for TunnelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the tunnel broke after {} bytes received and {} sent: {}",
            self.received, self.sent, self.source
        )
    }
}

impl std::error::Error for TunnelError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

impl TunnelError {
    pub(crate) fn error(received: u64, sent: u64, source: io::Error) -> Error {
        io::Error::new(source.kind(), Self { received, sent, source }).into()
    }
}
