//! The UDP client.

use std::fmt;
use std::marker::PhantomData;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{ToSocketAddrs, UdpSocket, lookup_host};
use tokio::time::timeout;

use super::{DATAGRAM, decode};
use crate::error::{Error, Result};
use crate::frame::{Decode, Encode};
use crate::options::{ClientOptions, as_given};

/// A socket that sends frames of type `S` to one server and receives frames of type `R` from it,
/// one frame per datagram.
///
/// ```no_run
/// use framewright::{prelude::*, udp};
///
/// #[derive(Frame, Debug)]
/// #[frame(be)]
/// struct Text { #[rest] text: String }
///
/// # async fn f() -> framewright::Result<()> {
/// let mut client = udp::Client::<Text>::connect("127.0.0.1:9999").await?;
/// let reply = client.call(&Text { text: "world".into() }).await?;
/// println!("{reply:?}");
/// # Ok(())
/// # }
/// ```
pub struct Client<S, R = S> {
    socket: UdpSocket,
    server: SocketAddr,
    buffer: Vec<u8>,
    request_timeout: Option<Duration>,
    marker: PhantomData<fn(&S) -> R>,
}

impl<S, R> Client<S, R> {
    /// Connects a socket to one server. No datagram is sent yet, so this succeeds even if the
    /// server does not exist.
    ///
    /// # Errors
    /// [`Error::Connect`] if the address is invalid or unreachable.
    ///
    /// # Cancel safety
    /// If cancelled, there is no socket.
    pub async fn connect(address: impl ToSocketAddrs + fmt::Debug) -> Result<Self> {
        Self::connect_with(address, ClientOptions::new()).await
    }

    /// Like [`connect`](Self::connect), with custom timeouts.
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
        let (socket, server) = connect(&address)
            .await
            .map_err(|source| Error::Connect { address: as_given(&address), source })?;
        Ok(Self {
            socket,
            server,
            buffer: vec![0; DATAGRAM],
            request_timeout: options.request_timeout,
            marker: PhantomData,
        })
    }
}

async fn connect(address: &impl ToSocketAddrs) -> std::io::Result<(UdpSocket, SocketAddr)> {
    let mut last = std::io::ErrorKind::InvalidInput.into();
    for server in lookup_host(address).await? {
        let any: SocketAddr = match server {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        // A host may lack IPv6, so that even binding fails for some of the addresses.
        match bound_and_connected(any, server).await {
            Ok(socket) => return Ok((socket, server)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn bound_and_connected(local: SocketAddr, server: SocketAddr) -> std::io::Result<UdpSocket> {
    let socket = UdpSocket::bind(local).await?;
    socket.connect(server).await?;
    Ok(socket)
}

impl<S: Encode, R> Client<S, R> {
    /// Sends a frame in a datagram.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be encoded, [`Error::Io`] for a frame that is too
    /// long for a datagram, and if an earlier datagram was refused.
    ///
    /// # Cancel safety
    /// If cancelled, nothing has been sent.
    pub async fn send(&mut self, frame: &S) -> Result<()> {
        self.socket.send(&frame.to_vec()?).await?;
        Ok(())
    }
}

impl<S, R: for<'a> Decode<'a>> Client<S, R> {
    /// Receives the frame of the next datagram.
    ///
    /// # Errors
    /// [`Error::Datagram`] for a datagram that is not exactly one frame. The next call then takes
    /// the next datagram. [`Error::Io`] if the server refused an earlier datagram.
    ///
    /// # Cancel safety
    /// If cancelled, nothing is lost.
    pub async fn recv(&mut self) -> Result<R> {
        let len = self.socket.recv(&mut self.buffer).await?;
        let datagram = self.buffer.get(..len).unwrap_or_default();
        decode(datagram).map_err(|source| Error::Datagram { from: self.server, source })
    }
}

impl<S: Encode, R: for<'a> Decode<'a>> Client<S, R> {
    /// Sends a request and waits for the next datagram.
    ///
    /// # Errors
    /// Same as [`send`](Self::send) and [`recv`](Self::recv), and [`Error::Timeout`] if no reply
    /// arrives in time: the request or the reply may be lost.
    ///
    /// # Cancel safety
    /// If cancelled, the request may have been sent. The next `recv` then returns its reply if that
    /// arrives late.
    pub async fn call(&mut self, request: &S) -> Result<R> {
        self.send(request).await?;
        match self.request_timeout {
            Some(time) => {
                timeout(time, self.recv()).await.unwrap_or(Err(Error::Timeout("no reply to the request")))
            }
            None => self.recv().await,
        }
    }
}

impl<S, R> fmt::Debug for Client<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("server", &self.server).finish_non_exhaustive()
    }
}
