//! Opening sessions as a client.

use std::net::SocketAddr;
use std::sync::Arc;
use std::{fmt, io};

#[cfg(unix)]
use std::path::Path;

#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::net::{TcpStream, ToSocketAddrs};
use tokio::time::timeout;

use super::link::Link;
use super::parts::boxed;
use super::{Io, Session};
use crate::error::{Error, Result};
use crate::net::connection::outbox::{Ends, Outbox};
use crate::net::connection::transport::{Reads, Transport};
use crate::net::server::limits::Limits;
use crate::net::server::listener::NO_ADDRESS;
use crate::options::{ClientOptions, as_given};

impl Session {
    /// Connects to a server over TCP.
    ///
    /// # Errors
    /// [`Error::Connect`] if the server cannot be reached in time.
    ///
    /// # Cancel safety
    /// If cancelled, there is no connection.
    pub async fn connect(address: impl ToSocketAddrs + fmt::Debug) -> Result<Self> {
        Self::connect_with(address, ClientOptions::new()).await
    }

    /// Like [`connect`](Self::connect), with custom timeouts and limits.
    ///
    /// # Errors
    /// Same as [`connect`](Self::connect).
    ///
    /// # Cancel safety
    /// Same as [`connect`](Self::connect).
    pub async fn connect_with(
        address: impl ToSocketAddrs + fmt::Debug,
        options: ClientOptions,
    ) -> Result<Self> {
        let stream = in_time(&address, &options, connect(&address)).await?;
        let ends = ends_of(&stream);
        Ok(Self::between(stream, ends, &options))
    }

    /// Connects to a server over a Unix socket.
    ///
    /// # Errors
    /// [`Error::Connect`] if the server cannot be reached in time.
    ///
    /// # Cancel safety
    /// If cancelled, there is no connection.
    #[cfg(unix)]
    pub async fn connect_unix(path: impl AsRef<Path>) -> Result<Self> {
        Self::connect_unix_with(path, ClientOptions::new()).await
    }

    /// Like [`connect_unix`](Self::connect_unix), with custom timeouts and limits.
    ///
    /// # Errors
    /// Same as [`connect_unix`](Self::connect_unix).
    ///
    /// # Cancel safety
    /// Same as [`connect_unix`](Self::connect_unix).
    #[cfg(unix)]
    pub async fn connect_unix_with(path: impl AsRef<Path>, options: ClientOptions) -> Result<Self> {
        let path = path.as_ref();
        let stream = in_time(&path, &options, UnixStream::connect(path)).await?;
        Ok(Self::over(stream, &options))
    }

    /// Creates a session over any stream of bytes, such as `tokio::io::duplex`.
    #[must_use]
    pub fn over(io: impl Io, options: &ClientOptions) -> Self {
        Self::between(io, (NO_ADDRESS, NO_ADDRESS), options)
    }

    pub(super) fn between(
        io: impl Io,
        (peer, local): (SocketAddr, SocketAddr),
        options: &ClientOptions,
    ) -> Self {
        let limits = Limits::none();
        let outbox = Arc::new(Outbox::new(limits.out_buffer, Ends::new(peer, local)));
        let mut transport = Transport::new(boxed(io), Reads::Stream, outbox, Arc::new(limits), None);
        transport.hears_out = true;
        Self::new(Link::new(transport, false), options.framer(), options.request_timeout)
    }
}

/// Returns the address of the peer and our own. If the peer is already gone, the address is
/// unspecified, and the first read reports an error.
pub(super) fn ends_of(stream: &TcpStream) -> (SocketAddr, SocketAddr) {
    (stream.peer_addr().unwrap_or(NO_ADDRESS), stream.local_addr().unwrap_or(NO_ADDRESS))
}

/// Connects to `address` within the connect timeout.
pub(super) async fn in_time<T>(
    address: &impl fmt::Debug,
    options: &ClientOptions,
    connecting: impl Future<Output = io::Result<T>>,
) -> Result<T> {
    timeout(options.time_to_connect(), connecting)
        .await
        .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")))
        .map_err(|source| Error::Connect { address: as_given(address), source })
}

pub(super) async fn connect(address: &impl ToSocketAddrs) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    // Frames are written whole, so Nagle's algorithm would only delay them.
    stream.set_nodelay(true)?;
    Ok(stream)
}
