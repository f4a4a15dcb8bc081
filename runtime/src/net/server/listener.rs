//! Listening sockets.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
#[cfg(unix)]
use std::path::{Path, PathBuf};

use tokio::net::{TcpListener, TcpSocket, TcpStream, ToSocketAddrs, lookup_host};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};

use crate::error::{Error, Result};
use crate::options::as_given;

/// The address reported for a connection without an address, such as over a Unix socket.
pub(crate) const NO_ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// A listening socket for [`Server::listener`](crate::net::Server::listener). Implemented by the
/// `TcpListener`s and `UnixListener`s of std and of tokio.
pub trait IntoListener: sealed::Sealed {
    #[doc(hidden)]
    fn into_listener(self) -> io::Result<Listener>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for std::net::TcpListener {}
    impl Sealed for tokio::net::TcpListener {}
    #[cfg(unix)]
    impl Sealed for std::os::unix::net::UnixListener {}
    #[cfg(unix)]
    impl Sealed for tokio::net::UnixListener {}
}

impl IntoListener for TcpListener {
    fn into_listener(self) -> io::Result<Listener> {
        Ok(Listener { address: self.local_addr()?, socket: Socket::Tcp(self) })
    }
}

impl IntoListener for std::net::TcpListener {
    fn into_listener(self) -> io::Result<Listener> {
        self.set_nonblocking(true)?;
        TcpListener::from_std(self)?.into_listener()
    }
}

#[cfg(unix)]
impl IntoListener for UnixListener {
    fn into_listener(self) -> io::Result<Listener> {
        Ok(Listener { address: NO_ADDRESS, socket: Socket::Unix(self, None) })
    }
}

#[cfg(unix)]
impl IntoListener for std::os::unix::net::UnixListener {
    fn into_listener(self) -> io::Result<Listener> {
        self.set_nonblocking(true)?;
        UnixListener::from_std(self)?.into_listener()
    }
}

/// A listening socket and its address.
#[doc(hidden)]
#[derive(Debug)]
pub struct Listener {
    socket: Socket,
    address: SocketAddr,
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener),
    /// A Unix socket, with the file to remove at the end if the server has created it.
    #[cfg(unix)]
    Unix(UnixListener, Option<SocketFile>),
}

/// An accepted connection.
pub(crate) enum Accepted {
    Tcp(TcpStream, SocketAddr),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Listener {
    pub(crate) async fn bind(address: impl ToSocketAddrs + fmt::Debug, reuse_port: bool) -> Result<Self> {
        bind_any(&address, reuse_port)
            .await
            .and_then(IntoListener::into_listener)
            .map_err(|source| Error::Bind { address: as_given(&address), source })
    }

    #[cfg(unix)]
    pub(crate) fn bind_unix(path: &Path) -> Result<Self> {
        let bind = || {
            remove_abandoned(path)?;
            let socket = UnixListener::bind(path)?;
            let file = SocketFile(path.to_owned());
            Ok(Self { address: NO_ADDRESS, socket: Socket::Unix(socket, Some(file)) })
        };
        bind().map_err(|source| Error::Bind { address: path.display().to_string(), source })
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.address
    }

    pub(crate) async fn accept(&self) -> io::Result<Accepted> {
        match &self.socket {
            Socket::Tcp(socket) => {
                let (stream, peer) = socket.accept().await?;
                Ok(Accepted::tcp(stream, peer))
            }
            #[cfg(unix)]
            Socket::Unix(socket, _) => Ok(Accepted::Unix(socket.accept().await?.0)),
        }
    }

    /// Stops listening, and returns the connections that wait to be accepted.
    ///
    /// Calls the system's `accept` until it fails, because the readiness that tokio has recorded
    /// may be outdated.
    pub(crate) fn close(self) -> Vec<Accepted> {
        let waiting: Box<dyn Iterator<Item = io::Result<Accepted>>> = match self.socket {
            Socket::Tcp(socket) => Box::new(socket.into_std().into_iter().flat_map(|socket| {
                std::iter::from_fn(move || Some(socket.accept())).map(|accepted| {
                    let (stream, peer) = accepted?;
                    stream.set_nonblocking(true)?;
                    Ok(Accepted::tcp(TcpStream::from_std(stream)?, peer))
                })
            })),
            #[cfg(unix)]
            Socket::Unix(socket, _file) => Box::new(socket.into_std().into_iter().flat_map(|socket| {
                std::iter::from_fn(move || Some(socket.accept())).map(|accepted| {
                    let (stream, _) = accepted?;
                    stream.set_nonblocking(true)?;
                    Ok(Accepted::Unix(UnixStream::from_std(stream)?))
                })
            })),
        };
        waiting.map_while(io::Result::ok).collect()
    }
}

/// Listens on the first address that works.
async fn bind_any(address: &impl ToSocketAddrs, reuse_port: bool) -> io::Result<TcpListener> {
    let mut last = io::Error::new(io::ErrorKind::InvalidInput, "the name has no address");
    for address in lookup_host(address).await? {
        match bind_one(address, reuse_port) {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn bind_one(address: SocketAddr, reuse_port: bool) -> io::Result<TcpListener> {
    /// The maximum number of connections that wait to be accepted.
    const BACKLOG: u32 = 1024;
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On other systems this option would let two servers use the same port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    #[cfg(unix)]
    socket.set_reuseport(reuse_port)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.socket {
            Socket::Tcp(_) => write!(f, "{}", self.address),
            #[cfg(unix)]
            Socket::Unix(_, Some(file)) => write!(f, "{}", file.0.display()),
            #[cfg(unix)]
            Socket::Unix(_, None) => f.write_str("a Unix socket"),
        }
    }
}

impl Accepted {
    /// Returns the address of the peer and our own.
    pub(crate) fn ends(&self) -> (SocketAddr, SocketAddr) {
        match self {
            Self::Tcp(stream, peer) => (*peer, stream.local_addr().unwrap_or(NO_ADDRESS)),
            #[cfg(unix)]
            Self::Unix(_) => (NO_ADDRESS, NO_ADDRESS),
        }
    }

    fn tcp(stream: TcpStream, peer: SocketAddr) -> Self {
        // Replies are written in batches, so Nagle's algorithm would only delay them. The call
        // fails if the peer is gone already, which the first read reports.
        let _ = stream.set_nodelay(true);
        Self::Tcp(stream, peer)
    }
}

impl fmt::Display for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(_, peer) => write!(f, "{peer}"),
            #[cfg(unix)]
            Self::Unix(_) => f.write_str("unix"),
        }
    }
}

/// The file of a Unix socket, which is removed when the listener is dropped.
#[cfg(unix)]
#[derive(Debug)]
struct SocketFile(PathBuf);

#[cfg(unix)]
impl Drop for SocketFile {
    fn drop(&mut self) {
        // The file may have been removed already.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Removes the socket file of a server that has ended. Keeps a socket that accepts connections,
/// because it is in use, and any other file.
#[cfg(unix)]
fn remove_abandoned(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt;
    use std::os::unix::net::UnixStream as Probe;

    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    let refused =
        || Probe::connect(path).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
    if is_socket && refused() { std::fs::remove_file(path) } else { Ok(()) }
}
