//! Datagrams: one is one frame.
//!
//! Bytes that are left over after a frame are an error, which names the sender.
//! The server logs and drops a datagram that is no frame, and serves on.

use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::net::{ToSocketAddrs, UdpSocket, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::Instrument;

use super::close::Close;
use super::conn::Conn;
use super::connection::{Panicked, caught};
use super::handler::{IntoHandler, Reply, Service, WriteFrame};
use super::limits::Limits;
use super::outbox::Outbox;
use crate::error::{Error, Result};
use crate::frame::{Decode, Encode};
use crate::options::{ClientOptions, as_given};

/// The most bytes a datagram can have.
const DATAGRAM: usize = 65_535;

/// Serves datagrams on `address` until the program ends. The replies go to the sender,
/// each in a datagram of its own.
///
/// ```no_run
/// use framewright::prelude::*;
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Text { #[rest] text: String }
///
/// #[tokio::main]
/// async fn main() -> framewright::Result<()> {
///     framewright::udp::serve("127.0.0.1:9999", async |name: Text| Text {
///         text: format!("hello {}!", name.text),
///     })
///     .await
/// }
/// ```
///
/// # Errors
/// [`Error::Bind`] if the address cannot be listened on.
///
/// # Cancel safety
/// Dropping the future stops the server and the handlers that wait.
pub async fn serve<M, S>(
    address: impl ToSocketAddrs + fmt::Debug,
    handler: impl IntoHandler<M, Service = S>,
) -> Result<()>
where
    S: Service<State = (), Out = ()>,
{
    Server::new(handler).bind(address).await?.serve().await
}

/// A server of datagrams to be: a handler and its limits.
///
/// Of the [`Limits`], `frame`, `connections` (the most datagrams whose handlers wait at a time;
/// those beyond are dropped) and `drain` apply.
pub struct Server<S> {
    service: Arc<S>,
    limits: Limits,
}

impl<S: Service<State = (), Out = ()>> Server<S> {
    /// A server that runs `handler`, a closure from a frame to its replies.
    pub fn new<M>(handler: impl IntoHandler<M, Service = S>) -> Self {
        Self { service: Arc::new(handler.into_service()), limits: Limits::new() }
    }

    /// Sets what strangers may take.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Listens on an address.
    ///
    /// # Errors
    /// [`Error::Bind`] if the address cannot be listened on.
    pub async fn bind(self, address: impl ToSocketAddrs + fmt::Debug) -> Result<BoundServer<S>> {
        let bound = match UdpSocket::bind(&address).await {
            Ok(socket) => socket.local_addr().map(|local| (socket, local)),
            Err(error) => Err(error),
        };
        let (socket, local) = bound.map_err(|source| Error::Bind { address: as_given(&address), source })?;
        Ok(BoundServer { server: self, socket: Arc::new(socket), local })
    }
}

impl<S> fmt::Debug for Server<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// A server of datagrams that listens and is ready to serve.
pub struct BoundServer<S> {
    server: Server<S>,
    socket: Arc<UdpSocket>,
    local: SocketAddr,
}

impl<S> fmt::Debug for BoundServer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundServer")
            .field("server", &self.server)
            .field("local", &self.local)
            .finish_non_exhaustive()
    }
}

impl<S: Service<State = (), Out = ()>> BoundServer<S> {
    /// The address that is listened on.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Serves until the program ends.
    ///
    /// # Errors
    /// None of today: what goes wrong with one datagram is logged and dropped.
    ///
    /// # Cancel safety
    /// Dropping the future stops the server and the handlers that wait.
    pub async fn serve(self) -> Result<()> {
        self.serve_until(std::future::pending::<()>()).await
    }

    /// Serves until `signal` resolves, whatever it gives, then lets the
    /// handlers that wait finish within [`Limits::drain`].
    ///
    /// # Errors
    /// As [`serve`](Self::serve).
    ///
    /// # Cancel safety
    /// As [`serve`](Self::serve).
    pub async fn serve_until(self, signal: impl Future) -> Result<()> {
        tracing::info!("listening on {} (UDP)", self.local);
        let mut waiting = JoinSet::new();
        tokio::select! {
            () = self.receive(&mut waiting) => {}
            _ = signal => {}
        }
        let drained = async { while waiting.join_next().await.is_some() {} };
        if timeout(self.server.limits.drain, drained).await.is_err() {
            tracing::warn!("the time to drain is over");
        }
        Ok(())
    }

    /// Takes datagrams for ever. A handler that waits gets a task of its own.
    async fn receive(&self, waiting: &mut JoinSet<()>) {
        const BREATHER: Duration = Duration::from_millis(10);
        let outbox = Arc::new(Outbox::new(0));
        let mut buffer = vec![0; DATAGRAM];
        loop {
            let (len, from) = match self.socket.recv_from(&mut buffer).await {
                Ok(received) => received,
                Err(error) => {
                    // An unreachable earlier receiver is reported here on some systems.
                    tracing::debug!("not received: {error}");
                    tokio::time::sleep(BREATHER).await;
                    continue;
                }
            };
            let datagram = Bytes::copy_from_slice(buffer.get(..len).unwrap_or_default());
            let exchange = Exchange {
                service: Arc::clone(&self.server.service),
                socket: Arc::clone(&self.socket),
                conn: Conn::new(Arc::clone(&outbox), from),
                limit: self.server.limits.frame,
            };
            let span = tracing::error_span!("datagram", %from);
            let handling = async move {
                if let Err(Panicked) = caught(exchange.run(datagram)).await {
                    tracing::error!("the handler panicked");
                }
            };
            let mut handled = Box::pin(handling.instrument(span));
            // Most handlers answer at once, and then no task is needed.
            if poll_fn(|cx| Poll::Ready(handled.as_mut().poll(cx))).await.is_ready() {
                continue;
            }
            while waiting.try_join_next().is_some() {}
            if waiting.len() < self.server.limits.connections {
                waiting.spawn(handled);
            } else {
                tracing::warn!(%from, "dropped: {} handlers wait already", waiting.len());
            }
        }
    }
}

/// One datagram and its replies.
struct Exchange<S: Service> {
    service: Arc<S>,
    socket: Arc<UdpSocket>,
    conn: Conn<S::Out>,
    limit: usize,
}

impl<S: Service<State = (), Out = ()>> Exchange<S> {
    async fn run(mut self, datagram: Bytes) {
        let to = self.conn.peer_addr();
        let Some(replies) = self.answer(&datagram).await else { return };
        let mut rest = replies.bytes;
        for len in replies.lens {
            let reply = rest.split_to(len.min(rest.len()));
            if let Err(error) = self.socket.send_to(&reply, to).await {
                tracing::warn!("reply of {len} bytes not sent: {error}");
            }
        }
    }

    async fn answer(&mut self, datagram: &[u8]) -> Option<Datagrams> {
        if datagram.len() > self.limit {
            tracing::warn!("dropped: {} bytes are more than the limit of {}", datagram.len(), self.limit);
            return None;
        }
        let frame = match S::In::decode(datagram) {
            Ok(frame) => frame,
            Err(error) => {
                tracing::warn!("malformed datagram {error:#}");
                return None;
            }
        };
        let mut replies = Datagrams::default();
        let written = self.service.frame(&mut self.conn, &mut (), frame).await.write(&mut replies);
        if let Err(close) = written {
            tracing::warn!("{close}");
        }
        Some(replies)
    }
}

/// Replies, each to go into a datagram of its own.
#[derive(Default)]
struct Datagrams {
    bytes: BytesMut,
    lens: Vec<usize>,
}

impl WriteFrame for Datagrams {
    fn write_frame<T: Encode>(&mut self, frame: &T) -> Result<(), Close> {
        let start = self.bytes.len();
        frame.encode(&mut self.bytes)?;
        self.lens.push(self.bytes.len() - start);
        Ok(())
    }
}

/// A socket that sends `S` to one server and takes `R` from it, a frame in each datagram.
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
    /// A socket for exchanges with one server. Nothing is sent yet, so that the server
    /// is there is only known from its replies.
    ///
    /// # Errors
    /// [`Error::Connect`] if the address is none that can be reached.
    ///
    /// # Cancel safety
    /// Cancelled, there is no socket.
    pub async fn connect(address: impl ToSocketAddrs + fmt::Debug) -> Result<Self> {
        Self::connect_with(address, ClientOptions::new()).await
    }

    /// As [`connect`](Self::connect), with timeouts of the caller's choice.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    ///
    /// # Cancel safety
    /// As [`connect`](Self::connect).
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
        let socket = UdpSocket::bind(any).await?;
        match socket.connect(server).await {
            Ok(()) => return Ok((socket, server)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

impl<S: Encode, R> Client<S, R> {
    /// Sends a frame in a datagram.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be put on the wire, [`Error::Io`] for one that is
    /// too long for a datagram, and when an earlier datagram was refused.
    ///
    /// # Cancel safety
    /// Cancelled, nothing has been sent.
    pub async fn send(&mut self, frame: &S) -> Result<()> {
        self.socket.send(&frame.to_vec()?).await?;
        Ok(())
    }
}

impl<S, R: for<'a> Decode<'a>> Client<S, R> {
    /// The frame of the next datagram.
    ///
    /// # Errors
    /// [`Error::Datagram`] for a datagram that is not exactly one frame; the next call takes the
    /// next datagram. [`Error::Io`] if the server refused an earlier datagram.
    ///
    /// # Cancel safety
    /// Cancelled, nothing is lost.
    pub async fn recv(&mut self) -> Result<R> {
        let len = self.socket.recv(&mut self.buffer).await?;
        let datagram = self.buffer.get(..len).unwrap_or_default();
        R::decode(datagram).map_err(|source| Error::Datagram { from: self.server, source })
    }
}

impl<S: Encode, R: for<'a> Decode<'a>> Client<S, R> {
    /// Sends a request and waits for the next datagram.
    ///
    /// # Errors
    /// As [`send`](Self::send) and [`recv`](Self::recv), and [`Error::Timeout`] if there is no reply in
    /// time: a datagram may be lost on either way.
    ///
    /// # Cancel safety
    /// Cancelled, the request may have been sent; a late reply is then what the next `recv` gives.
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
