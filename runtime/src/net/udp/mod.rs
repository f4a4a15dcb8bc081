//! Servers and clients over UDP. Each datagram is one frame.
//!
//! If bytes are left after a frame, that is an error, which names the sender. The server logs and
//! drops malformed datagrams, and continues.

mod client;
mod endpoint;
mod exchange;
mod floods;
mod peers;
mod queue;
mod silence;
mod socket;

use std::fmt;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::net::{ToSocketAddrs, UdpSocket};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::Instrument;

use crate::budget::Budget;
use crate::error::{DecodeError, Error, Result};
use crate::frame::Decode;
use crate::net::connection::close::CloseReason;
use crate::net::connection::outbox::{Ends, Outbox};
use crate::net::handler::conn::Conn;
use crate::net::handler::connection::{Panicked, caught};
use crate::net::handler::service::{IntoHandler, Service};
use crate::net::server::connections::Stop;
use crate::net::server::limits::Limits;
use crate::net::server::listener::NO_ADDRESS;
use crate::net::server::stats::Counters;
use crate::options::as_given;
use crate::source::Source;
use crate::stream::Framer;

pub use client::Client;
pub use endpoint::Endpoint;
use exchange::Exchange;
use floods::Floods;
use peers::Peers;
use queue::Load;
pub use socket::IntoSocket;

/// The maximum size of a datagram.
const DATAGRAM: usize = 65_535;

/// Serves datagrams on `address` until the program ends. Replies go to the sender, each in its own
/// datagram. For [`Handler`](crate::net::Handler)s see [`Server`].
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
/// [`Error::Bind`] if binding fails.
///
/// # Cancel safety
/// Dropping the future stops the server and the handlers that wait.
pub async fn serve<M>(address: impl ToSocketAddrs + fmt::Debug, handler: impl IntoHandler<M>) -> Result<()> {
    Server::new(handler).bind(address).await?.serve().await
}

/// A UDP server that is not bound yet: a handler and its limits.
///
/// A closure handles each datagram separately and concurrently. At most [`Limits::connections`]
/// closures wait at a time; further datagrams are dropped. A malformed datagram is logged and
/// dropped, unless the closure takes an [`Attempt`](crate::Attempt) of the frame and answers it.
///
/// With a [`Handler`](crate::net::Handler), each sender has a state. The first datagram of a sender
/// opens the state, and the datagrams of a sender are handled one after the other. The state is
/// closed after [`Limits::idle`] without traffic in either direction, when the handler closes it,
/// or when a datagram is malformed and the handler does not return `Skip`. The server has at most
/// [`Limits::connections`] senders at a time. A new sender beyond that number replaces the sender
/// that has been silent for longest; senders of a single datagram are replaced first.
pub struct Server<S> {
    service: Arc<S>,
    limits: Arc<Limits>,
    counters: Option<Counters>,
}

impl<S: Service> Server<S> {
    /// Creates a server that runs `handler`, a closure or a [`Handler`](crate::net::Handler).
    pub fn new<M>(handler: impl IntoHandler<M, Service = S>) -> Self {
        let counters = cfg!(feature = "metrics").then(Counters::default);
        Self { service: Arc::new(handler.into_service()), limits: Arc::default(), counters }
    }

    /// Sets the limits on resources that peers can use.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Arc::new(limits);
        self
    }

    /// Enables the counters, and returns a handle to them. [`Stats`](crate::net::Stats) explains what
    /// they count for datagrams.
    pub fn counters(&mut self) -> Counters {
        self.counters.get_or_insert_default().clone()
    }

    /// Binds to an address.
    ///
    /// # Errors
    /// [`Error::Bind`] if binding fails.
    ///
    /// # Cancel safety
    /// If cancelled, nothing is bound.
    pub async fn bind(self, address: impl ToSocketAddrs + fmt::Debug) -> Result<BoundServer<S>> {
        let bound = match UdpSocket::bind(&address).await {
            Ok(socket) => socket.local_addr().map(|local| (socket, local)),
            Err(error) => Err(error),
        };
        let (socket, local) = bound.map_err(|source| Error::Bind { address: as_given(&address), source })?;
        Ok(BoundServer { server: self, socket: Arc::new(socket), local, floods: Arc::default() })
    }

    /// Serves on an already bound socket of std or of tokio, for example a socket that shares its
    /// port (`SO_REUSEPORT`), or a member of a multicast group.
    ///
    /// ```no_run
    /// use framewright::{prelude::*, udp};
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Text { #[rest] text: String }
    ///
    /// # async fn f() -> framewright::Result<()> {
    /// let socket = std::net::UdpSocket::bind("0.0.0.0:5353")?;
    /// socket.join_multicast_v4(&[224, 0, 0, 251].into(), &[0, 0, 0, 0].into())?;
    /// udp::Server::new(async |text: Text| text).socket(socket)?.serve().await
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Io`] if the socket cannot be used.
    pub fn socket(self, socket: impl IntoSocket) -> Result<BoundServer<S>> {
        let socket = socket.into_socket()?;
        let local = socket.local_addr()?;
        Ok(BoundServer { server: self, socket: Arc::new(socket), local, floods: Arc::default() })
    }
}

impl<S> fmt::Debug for Server<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// A bound UDP server, ready to serve.
pub struct BoundServer<S> {
    server: Server<S>,
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    floods: Arc<Floods>,
}

impl<S> fmt::Debug for BoundServer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundServer")
            .field("server", &self.server)
            .field("local", &self.local)
            .finish_non_exhaustive()
    }
}

impl<S: Service> BoundServer<S> {
    /// Returns the local address.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Serves until the program ends.
    ///
    /// # Errors
    /// Currently none: an error with one datagram is logged, and the datagram is dropped.
    ///
    /// # Cancel safety
    /// Dropping the future stops the server and the handlers that wait.
    pub async fn serve(self) -> Result<()> {
        self.serve_until(std::future::pending::<()>()).await
    }

    /// Serves until `signal` resolves, then lets waiting handlers finish within [`Limits::drain`].
    ///
    /// # Errors
    /// Same as [`serve`](Self::serve).
    ///
    /// # Cancel safety
    /// Same as [`serve`](Self::serve).
    pub async fn serve_until(self, signal: impl Future) -> Result<()> {
        tracing::info!("listening on {} (UDP)", self.local);
        let mut waiting = JoinSet::new();
        let load = Arc::default();
        let mut peers = Peers::new(&self.server, &self.socket, &self.floods, &load);
        // `Stop` closes the connections of senders with state, even if this future is dropped.
        let connections = peers.connections();
        let _stop = Stop(&connections);
        tokio::select! {
            () = self.receive(&mut waiting, &mut peers, &load) => {}
            _ = signal => {}
        }
        let drained = async { while waiting.join_next().await.is_some() {} };
        let time = self.server.limits.drain;
        let (drained, ()) = tokio::join!(timeout(time, drained), peers.drain(time));
        if drained.is_err() {
            tracing::warn!("the time to drain is over");
        }
        Ok(())
    }

    /// Receives datagrams in an endless loop.
    async fn receive(&self, waiting: &mut JoinSet<()>, peers: &mut Peers<S>, load: &Arc<Load>) {
        const BREATHER: Duration = Duration::from_millis(10);
        let outbox = Arc::new(Outbox::new(0, Ends::new(NO_ADDRESS, self.local)));
        let mut buffer = vec![0; DATAGRAM];
        loop {
            let received = tokio::select! {
                received = self.socket.recv_from(&mut buffer) => received,
                // The memory of a handler that has finished is freed at once.
                Some(_) = waiting.join_next() => continue,
            };
            let (len, from) = match received {
                Ok(received) => received,
                Err(error) => {
                    // Some systems report here that an earlier reply could not be delivered.
                    tracing::debug!("not received: {error}");
                    tokio::time::sleep(BREATHER).await;
                    continue;
                }
            };
            let datagram = Bytes::copy_from_slice(buffer.get(..len).unwrap_or_default());
            if S::KEEPS_STATE {
                peers.hand_over(from, datagram);
            } else {
                self.handle(from, datagram, &outbox, waiting, load).await;
            }
        }
    }

    /// Handles a datagram separately. A handler that waits gets its own task.
    async fn handle(
        &self,
        from: SocketAddr,
        datagram: Bytes,
        outbox: &Arc<Outbox>,
        waiting: &mut JoinSet<()>,
        load: &Arc<Load>,
    ) {
        let len = datagram.len();
        let exchange = Exchange {
            service: Arc::clone(&self.server.service),
            socket: Arc::clone(&self.socket),
            conn: Conn::new(Arc::clone(outbox)),
            to: from,
            limit: self.server.limits.frame,
            floods: Arc::clone(&self.floods),
            decoded: self.server.limits.decoded_most(),
            counters: self.server.counters.clone(),
        };
        let (floods, counters) = (Arc::clone(&self.floods), self.server.counters.clone());
        let handling = async move {
            if let Err(Panicked) = caught(pin!(exchange.run(datagram))).await {
                floods.log_failed("the handler panicked");
                if let Some(counters) = counters {
                    counters.handled(1, 0);
                    counters.ended(&CloseReason::Panic);
                }
            }
        };
        let mut handled = Box::pin(handling.instrument(tracing::error_span!("datagram", %from)));
        // Most handlers answer at once, and then no task is needed.
        if poll_fn(|cx| Poll::Ready(handled.as_mut().poll(cx))).await.is_ready() {
            return;
        }
        while waiting.try_join_next().is_some() {}
        let share = load.admit(len, self.server.limits.memory);
        match share.filter(|_| waiting.len() < self.server.limits.connections) {
            Some(share) => {
                waiting.spawn(async move {
                    handled.await;
                    drop(share);
                });
            }
            None => {
                self.floods.log_dropped(format_args!("{} handlers are waiting already", waiting.len()));
                if let Some(counters) = &self.server.counters {
                    counters.refused();
                }
            }
        }
    }
}

/// Decodes a datagram, with the same memory limit as for a frame of a stream.
fn decode<R: for<'a> Decode<'a>>(datagram: &[u8]) -> std::result::Result<R, DecodeError> {
    let budget = Budget::new(Framer::DEFAULT_LIMIT.saturating_mul(Framer::EXPANSION));
    R::decode_from(datagram, &Source::complete().with_budget(budget.renewed()))
}
