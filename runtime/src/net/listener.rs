//! What a server accepts connections from.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};

use crate::error::{Error, Result};
use crate::options::as_given;

/// A socket that is listening already: what [`Server::listener`](super::Server::listener)
/// takes. Implemented by the `TcpListener`s of std and of tokio.
pub trait IntoListener: sealed::Sealed {
    #[doc(hidden)]
    fn into_listener(self) -> io::Result<Listener>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for std::net::TcpListener {}
    impl Sealed for tokio::net::TcpListener {}
}

impl IntoListener for TcpListener {
    fn into_listener(self) -> io::Result<Listener> {
        Ok(Listener { address: self.local_addr()?, socket: self })
    }
}

impl IntoListener for std::net::TcpListener {
    fn into_listener(self) -> io::Result<Listener> {
        self.set_nonblocking(true)?;
        TcpListener::from_std(self)?.into_listener()
    }
}

/// A listening socket and its address.
#[doc(hidden)]
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    pub(crate) async fn bind(address: impl ToSocketAddrs + fmt::Debug) -> Result<Self> {
        let bound = match TcpListener::bind(&address).await {
            Ok(socket) => socket.into_listener(),
            Err(error) => Err(error),
        };
        bound.map_err(|source| Error::Bind { address: as_given(&address), source })
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.address
    }

    pub(crate) async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = self.socket.accept().await?;
        Ok((prepared(stream), peer))
    }

    /// Stops listening, and gives the connections that wait to be accepted.
    ///
    /// They are asked of the system itself, because what it has reported so
    /// far may be behind.
    pub(crate) fn close(self) -> impl Iterator<Item = (TcpStream, SocketAddr)> {
        let socket = self.socket.into_std().ok();
        std::iter::from_fn(move || {
            let (stream, peer) = socket.as_ref()?.accept().ok()?;
            stream.set_nonblocking(true).ok()?;
            Some((prepared(TcpStream::from_std(stream).ok()?), peer))
        })
    }
}

fn prepared(stream: TcpStream) -> TcpStream {
    // Replies are written in batches, so waiting for more would only delay them.
    // A peer that is gone already makes this fail, and the first read tell.
    let _ = stream.set_nodelay(true);
    stream
}
