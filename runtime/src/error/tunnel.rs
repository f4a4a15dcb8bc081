//! The error of a tunnel.

use std::{fmt, io};

use super::Error;

/// The error of a tunnel, with the numbers of bytes carried before it failed. It is the source of
/// the [`Error::Io`] that the `tunnel` of a session returns.
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
