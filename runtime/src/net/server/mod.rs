//! Servers: listening, accepting connections, and stopping.

mod accept;
mod address;
mod bound;
pub(super) mod connections;
pub(super) mod held;
pub(super) mod limits;
pub(super) mod listener;
mod machine;
mod per_core;
pub(super) mod repeated;
pub(super) mod stats;
#[cfg(feature = "tls")]
mod tls;

use std::fmt;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::ToSocketAddrs;
use tokio::time::Instant;
use tracing::{Instrument, Span};

use crate::error::{Error, Result};
use crate::net::connection::outbox::Ends;
use crate::net::connection::outbox::Outbox;
use crate::net::connection::transport::Reads;
use crate::net::connection::transport::Transport;
use crate::net::handler::connection::Connection;
use crate::net::handler::service::{IntoHandler, Service};
use crate::net::session::Io;
use crate::net::session::serve::{Conversation, Serves, Sessions};
pub use bound::BoundServer;
use connections::{Admitted, Connections, Refusal};
use limits::Limits;
use listener::{Accepted, IntoListener, Listener, NO_ADDRESS};
pub use per_core::per_core;
use stats::Counters;

/// Serves connections on `address` until the program ends.
///
/// The handler is a closure or a [`Handler`](crate::net::Handler); see [`IntoHandler`]. For limits
/// and a graceful shutdown use [`Server`].
///
/// Nothing is printed by default:
/// [`tracing_subscriber::fmt::init()`](crate::net#what-a-server-logs) shows the log.
///
/// ```no_run
/// use framewright::prelude::*;
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Text { #[len_prefixed] text: String }
///
/// #[tokio::main]
/// async fn main() -> framewright::Result<()> {
///     tracing_subscriber::fmt::init();
///     framewright::serve("127.0.0.1:8888", async |msg: Text| msg).await
/// }
/// ```
///
/// # Errors
/// [`Error::Bind`] if listening on the address fails.
///
/// # Cancel safety
/// Dropping the future stops the server; its connections are closed.
pub async fn serve<M>(address: impl ToSocketAddrs + fmt::Debug, handler: impl IntoHandler<M>) -> Result<()> {
    Server::new(handler).bind(address).await?.serve().await
}

/// A server that does not listen yet: a handler and its limits.
///
/// Nothing is printed by default:
/// [`tracing_subscriber::fmt::init()`](crate::net#what-a-server-logs) shows the log.
///
/// ```no_run
/// use framewright::net::Limits;
/// use framewright::prelude::*;
///
/// # #[derive(Frame)]
/// # #[frame(be)]
/// # struct Text { #[len_prefixed] text: String }
/// # async fn f() -> framewright::Result<()> {
/// let server = Server::new(async |msg: Text| msg)
///     .limits(Limits::new().frame(4096))
///     .bind("127.0.0.1:0")
///     .await?;
/// println!("listening on {}", server.local_addr());
/// server.serve_until(std::future::pending::<()>()).await
/// # }
/// ```
///
/// The type of a server depends on its handler or closure. A function that returns a server returns
/// `Server<impl Serves>`:
///
/// ```
/// use framewright::net::Serves;
/// use framewright::prelude::*;
///
/// # #[derive(Frame)]
/// # #[frame(be)]
/// # struct Text { #[len_prefixed] text: String }
/// fn echo() -> Server<impl Serves> {
///     Server::new(async |msg: Text| msg)
/// }
///
/// # async fn f() -> framewright::Result<()> {
/// echo().bind("127.0.0.1:0").await?.serve().await
/// # }
/// ```
pub struct Server<S> {
    service: Arc<S>,
    limits: Arc<Limits>,
    reads: Reads,
    half_close: bool,
    reuse_port: bool,
    counters: Option<Counters>,
    #[cfg(feature = "tls")]
    tls: Option<tokio_rustls::TlsAcceptor>,
    connections: Arc<Connections>,
}

impl<S> Server<S> {
    /// Replaces the service of the server, before any connection is open.
    pub(crate) fn map<T>(self, change: impl FnOnce(Arc<S>) -> T) -> Server<T> {
        Server {
            service: Arc::new(change(self.service)),
            limits: self.limits,
            reads: self.reads,
            half_close: self.half_close,
            reuse_port: self.reuse_port,
            counters: self.counters,
            #[cfg(feature = "tls")]
            tls: self.tls,
            connections: self.connections,
        }
    }

    #[cfg(feature = "tls")]
    pub(crate) fn set_tls(&mut self, tls: tokio_rustls::TlsAcceptor) {
        self.tls = Some(tls);
    }
}

impl<S: Service> Server<S> {
    /// Creates a server that runs `handler`, a closure or a [`Handler`](crate::net::Handler).
    pub fn new<M>(handler: impl IntoHandler<M, Service = S>) -> Self {
        Self::of(handler.into_service())
    }

    /// Serves one connection that was accepted elsewhere, or another stream of bytes such as
    /// `tokio::io::duplex`. Resolves when the connection has ended.
    ///
    /// # Errors
    /// [`Error::Other`], which says which limit is reached: that of connections, of connections from
    /// one address, or of memory. No other error is returned.
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection without telling the handler.
    pub async fn serve_connection<IO>(&self, io: IO) -> Result<()>
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send,
    {
        self.run_connection(io, NO_ADDRESS, None).await
    }

    /// Like [`serve_connection`](Self::serve_connection), but with this peer address and this
    /// state. This is for a connection that has already exchanged frames.
    ///
    /// The handler's `open` is not called, so what it would have set on the connection is not set,
    /// such as [`keep_alive`](crate::net::Conn::keep_alive) or
    /// [`deadline`](crate::net::Conn::deadline). The handler can set it in `frame`.
    ///
    /// # Errors
    /// Same as [`serve_connection`](Self::serve_connection).
    ///
    /// # Cancel safety
    /// Same as [`serve_connection`](Self::serve_connection).
    pub async fn serve_connection_with<IO>(
        &self,
        io: IO,
        peer_addr: SocketAddr,
        state: S::State,
    ) -> Result<()>
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send,
    {
        self.run_connection(io, peer_addr, Some(state)).await
    }

    async fn run_connection<IO>(&self, io: IO, peer: SocketAddr, state: Option<S::State>) -> Result<()>
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let admitted = self.admit(Ends::new(peer, NO_ADDRESS)).map_err(refused)?;
        let mut connection = self.setup().connection(io, &admitted);
        let running = async {
            tracing::info!("accepted");
            // Errors have been logged.
            let _ = connection.run_from(state).await;
        };
        running.instrument(span(&peer)).await;
        Ok(())
    }
}

impl<F: Conversation<M>, M: 'static> Server<Sessions<F, M>> {
    /// Runs a session on one connection that was accepted elsewhere, or on another stream of bytes
    /// such as `tokio::io::duplex`. Resolves when the connection has ended.
    ///
    /// # Errors
    /// [`Error::Other`], which says which limit is reached: that of connections or of memory. No other
    /// error is returned.
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection and drops the session.
    pub async fn serve_connection(&self, io: impl Io) -> Result<()> {
        let admitted = self.admit(Ends::new(NO_ADDRESS, NO_ADDRESS)).map_err(refused)?;
        Sessions::run(self.setup(), io, admitted).instrument(span(&NO_ADDRESS)).await;
        Ok(())
    }
}

impl<S: Serves> Server<S> {
    pub(crate) fn of(service: S) -> Self {
        Self {
            service: Arc::new(service),
            limits: Arc::default(),
            reads: Reads::Stream,
            half_close: false,
            reuse_port: false,
            counters: cfg!(feature = "metrics").then(Counters::default),
            #[cfg(feature = "tls")]
            tls: None,
            connections: Arc::default(),
        }
    }

    /// Sets the limits on resources that peers can use.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Arc::new(limits);
        self
    }

    /// Treats each read as one frame.
    ///
    /// This is for peers without framing, which assume that every `send` arrives as one `recv`, as
    /// many tutorials do.
    #[must_use]
    pub fn per_read(mut self) -> Self {
        self.reads = Reads::Frames;
        self
    }

    /// Keeps a connection of a [`Handler`](crate::net::Handler) open for pushes when its peer has
    /// closed its side. The connection ends when the handler closes it, when no
    /// [`Peer`](crate::net::Peer) is left, or when it is idle for too long. A member of a
    /// [`Hub`](crate::net::Hub) in the handler's state has a `Peer`, so drop the member or close
    /// the connection.
    ///
    /// By default such a connection is closed once all frames that had arrived are answered.
    #[must_use]
    pub fn half_close(mut self, half_close: bool) -> Self {
        self.half_close = half_close;
        self
    }

    /// Shares the port with other servers that set this option (`SO_REUSEPORT`). The system
    /// distributes connections among them. The servers may be workers of one program, each with its
    /// own runtime ([`per_core`](crate::net::per_core)), or the old and the new version of a
    /// program that is being replaced.
    #[cfg(unix)]
    #[must_use]
    pub fn reuse_port(mut self) -> Self {
        self.reuse_port = true;
        self
    }

    /// Enables the counters, and returns a handle to them.
    pub fn counters(&mut self) -> Counters {
        self.counters.get_or_insert_default().clone()
    }

    /// Listens on an address, such as `"127.0.0.1:8888"` or `("::", 0)`.
    ///
    /// # Errors
    /// [`Error::Bind`] if listening fails: the address is in use, privileged, not one of this
    /// machine's, or invalid.
    ///
    /// # Cancel safety
    /// If cancelled, the server does not listen.
    pub async fn bind(self, address: impl ToSocketAddrs + fmt::Debug) -> Result<BoundServer<S>> {
        let listener = Listener::bind(address, self.reuse_port).await?;
        Ok(self.bound(listener))
    }

    /// Listens on a Unix socket. The file is created, and is removed when the server ends. A socket
    /// file that an ended server has left behind is replaced.
    ///
    /// # Errors
    /// [`Error::Bind`] if the file cannot be created, or if it exists and is not the socket of an
    /// ended server.
    #[cfg(unix)]
    pub fn bind_unix(self, path: impl AsRef<Path>) -> Result<BoundServer<S>> {
        Listener::bind_unix(path.as_ref()).map(|listener| self.bound(listener))
    }

    /// Serves on a listening socket of std or of tokio.
    ///
    /// # Errors
    /// [`Error::Io`] if the socket cannot be used.
    pub fn listener(self, listener: impl IntoListener) -> Result<BoundServer<S>> {
        Ok(self.bound(listener.into_listener()?))
    }

    fn bound(self, listener: Listener) -> BoundServer<S> {
        if S::is_open() && self.reads == Reads::Stream {
            tracing::warn!(
                "the frame extends to the end of the input (`#[rest]`, `#[optional]`), so on a stream it is handled only when the \
                 peer closes its side; use `per_read()` to treat each read as a frame"
            );
        }
        BoundServer { server: self, listener }
    }

    fn setup(&self) -> Setup<S> {
        Setup {
            service: Arc::clone(&self.service),
            limits: Arc::clone(&self.limits),
            counters: self.counters.clone(),
            reads: self.reads,
            half_close: self.half_close,
            accepted: None,
        }
    }

    /// Admits another connection, if the limits allow it.
    fn admit(&self, ends: Ends) -> std::result::Result<Admitted, Refusal> {
        let admitted = self.connections.admit(
            &self.limits,
            Outbox::new(self.limits.out_buffer, ends),
            self.counters.clone(),
        );
        if let Some(counters) = &self.counters {
            if admitted.is_ok() { counters.accepted() } else { counters.refused() }
        }
        admitted
    }

    /// Starts a connection, if the limits allow it.
    fn start(&self, accepted: Accepted) -> std::result::Result<(), Refusal> {
        let (peer, local) = accepted.ends();
        let admitted = self.admit(Ends::new(peer, local))?;
        let (span, setup) = (span(&accepted), self.setup());
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.clone() {
            let setup = Setup { accepted: Some(Instant::now()), ..setup };
            tokio::spawn(tls::secure(tls, accepted, setup, admitted).instrument(span));
            return Ok(());
        }
        match accepted {
            Accepted::Tcp(stream, _) => spawn(stream, setup, admitted, span),
            #[cfg(unix)]
            Accepted::Unix(stream) => spawn(stream, setup, admitted, span),
        }
        Ok(())
    }
}

/// Returns the error for the caller of a connection that is not admitted.
fn refused(why: Refusal) -> Error {
    Error::other(format!("the connection is refused: {why}"))
}

/// Creates the span of a connection's log events.
fn span(peer: &dyn fmt::Display) -> Span {
    tracing::error_span!("connection", %peer)
}

/// The parts of a server that a connection needs.
#[doc(hidden)]
pub struct Setup<S> {
    pub(crate) service: Arc<S>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) counters: Option<Counters>,
    pub(crate) reads: Reads,
    pub(crate) half_close: bool,
    /// When the connection was accepted, if that is earlier than the creation of its transport.
    pub(crate) accepted: Option<Instant>,
}

impl<S> Setup<S> {
    /// Returns the service and a transport for a connection.
    pub(crate) fn transport<IO>(self, io: IO, admitted: &Admitted) -> (Arc<S>, Transport<IO>)
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let outbox = Arc::clone(&admitted.outbox);
        let mut transport = Transport::new(io, self.reads, outbox, self.limits, self.counters);
        if let Some(accepted) = self.accepted {
            transport.deadlines.accepted(accepted, &transport.limits);
        }
        transport.half_close = self.half_close;
        (self.service, transport)
    }
}

impl<S: Service> Setup<S> {
    pub(crate) fn connection<IO>(self, io: IO, admitted: &Admitted) -> Connection<S, IO>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let (service, transport) = self.transport(io, admitted);
        Connection::new(service, transport)
    }
}

/// Runs a connection in its own task.
pub(crate) fn spawn<S: Serves, IO: Io>(io: IO, setup: Setup<S>, admitted: Admitted, span: Span) {
    tokio::spawn(S::run(setup, io, admitted).instrument(span));
}

impl<S> fmt::Debug for Server<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("limits", &self.limits)
            .field("reads", &self.reads)
            .finish_non_exhaustive()
    }
}
