//! Sockets that exchange datagrams with many peers.

use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::{fmt, io};

use tokio::net::{ToSocketAddrs, UdpSocket, lookup_host};
use tokio::task::coop::consume_budget;

use super::socket::IntoSocket;
use super::{DATAGRAM, decode};
use crate::error::{Error, Result};
use crate::frame::{Decode, Encode};
use crate::options::as_given;

/// A socket that sends frames of type `S` to any address and receives frames of type `R` from any
/// address, one frame per datagram. It is for protocols with many peers, and for those where a peer
/// answers from another port, as in TFTP.
///
/// Anyone can send to the socket. To wait for one peer, compare the address that
/// [`recv_from`](Self::recv_from) returns. An endpoint can be shared in an `Arc`; each datagram
/// goes to one of the receivers.
///
/// ```
/// use framewright::{prelude::*, udp};
///
/// #[derive(Frame, Debug, PartialEq)]
/// #[frame(be)]
/// struct Text { #[rest] text: String }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> framewright::Result<()> {
/// let one = udp::Endpoint::<Text>::bind("127.0.0.1:0").await?;
/// let other = udp::Endpoint::<Text>::bind("127.0.0.1:0").await?;
/// one.send_to(&Text { text: "hello".into() }, other.local_addr()).await?;
/// let (text, from) = other.recv_from().await?;
/// assert_eq!((text.text.as_str(), from), ("hello", one.local_addr()));
/// # Ok(())
/// # }
/// ```
pub struct Endpoint<S, R = S> {
    socket: UdpSocket,
    local: SocketAddr,
    /// The receive buffer. It is locked while a datagram is read and decoded, but not while waiting
    /// for one.
    buffer: Mutex<Vec<u8>>,
    marker: PhantomData<fn(&S) -> R>,
}

impl<S, R> Endpoint<S, R> {
    /// Binds a socket to this address. With port 0, the system chooses a port.
    ///
    /// # Errors
    /// [`Error::Bind`] if binding fails.
    ///
    /// # Cancel safety
    /// If cancelled, there is no socket.
    pub async fn bind(address: impl ToSocketAddrs + fmt::Debug) -> Result<Self> {
        let bound = UdpSocket::bind(&address).await.and_then(Self::over);
        bound.map_err(|source| Error::Bind { address: as_given(&address), source })
    }

    /// Creates an endpoint on an already bound socket of std or of tokio, for example a socket with
    /// `SO_REUSEPORT`, or a member of a multicast group.
    ///
    /// # Errors
    /// [`Error::Io`] if the socket cannot be used.
    pub fn socket(socket: impl IntoSocket) -> Result<Self> {
        Ok(socket.into_socket().and_then(Self::over)?)
    }

    fn over(socket: UdpSocket) -> io::Result<Self> {
        let local = socket.local_addr()?;
        Ok(Self { socket, local, buffer: Mutex::new(vec![0; DATAGRAM]), marker: PhantomData })
    }

    /// Returns the local address. If port 0 was requested, the address has the port that the system
    /// chose.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }
}

impl<S: Encode, R> Endpoint<S, R> {
    /// Sends a frame in a datagram to this address. If a name has several addresses, uses the
    /// first.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be encoded, [`Error::Io`] for a frame that is too
    /// long for a datagram, for a name without an address, and for an unreachable address.
    ///
    /// # Cancel safety
    /// If cancelled, nothing has been sent.
    pub async fn send_to(&self, frame: &S, address: impl ToSocketAddrs) -> Result<()> {
        let address = lookup_host(address)
            .await?
            .next()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the name has no address"))?;
        let datagram = frame.to_vec()?;
        self.socket.send_to(&datagram, address).await?;
        Ok(())
    }
}

impl<S, R: for<'a> Decode<'a>> Endpoint<S, R> {
    /// Receives the frame of the next datagram, and its sender.
    ///
    /// # Errors
    /// [`Error::Datagram`], which names the sender, for a datagram that is not exactly one frame.
    /// The next call then takes the next datagram. [`Error::Io`] if an earlier datagram was
    /// refused, which some systems report here.
    ///
    /// # Cancel safety
    /// If cancelled, nothing is lost.
    pub async fn recv_from(&self) -> Result<(R, SocketAddr)> {
        // `readable` never yields while datagrams wait, so a flood would stop all other futures of
        // this task.
        consume_budget().await;
        loop {
            self.socket.readable().await?;
            match self.try_recv() {
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {}
                received => return received,
            }
        }
    }

    fn try_recv(&self) -> Result<(R, SocketAddr)> {
        let mut buffer = self.buffer.lock().unwrap_or_else(PoisonError::into_inner);
        let (len, from) = self.socket.try_recv_from(&mut buffer)?;
        let datagram = buffer.get(..len).unwrap_or_default();
        let frame = decode(datagram).map_err(|source| Error::Datagram { from, source })?;
        Ok((frame, from))
    }
}

impl<S, R> fmt::Debug for Endpoint<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("local", &self.local).finish_non_exhaustive()
    }
}
