//! Listening servers.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;

use super::Server;
use super::accept::accept;
use super::connections::Stop;
use super::listener::Listener;
use crate::error::Result;
use crate::net::session::serve::Serves;

/// A listening server, ready to serve.
pub struct BoundServer<S> {
    pub(super) server: Server<S>,
    pub(super) listener: Listener,
}

impl<S> fmt::Debug for BoundServer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundServer").field("server", &self.server).field("listener", &self.listener).finish()
    }
}

impl<S: Serves> BoundServer<S> {
    /// Returns the local address. If port 0 was requested, the address has the port that the system
    /// chose. For a Unix socket, returns the unspecified address `0.0.0.0:0`.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.listener.local_addr()
    }

    /// Serves until the program ends.
    ///
    /// # Errors
    /// Currently none: an error on one connection only ends that connection.
    ///
    /// # Cancel safety
    /// Dropping the future stops the server; its connections are closed.
    pub async fn serve(self) -> Result<()> {
        self.serve_until(std::future::pending::<()>()).await
    }

    /// Serves until `signal` resolves, and then drains: no more connections are accepted, frames
    /// that have begun to arrive are answered, and connections that have not finished within
    /// [`Limits::drain`](crate::net::Limits::drain) are closed.
    ///
    /// ```no_run
    /// # use framewright::prelude::*;
    /// # #[derive(Frame)]
    /// # #[frame(be)]
    /// # struct Text { #[len_prefixed] text: String }
    /// # async fn f() -> framewright::Result<()> {
    /// let server = Server::new(async |msg: Text| msg).bind("127.0.0.1:8888").await?;
    /// server.serve_until(tokio::signal::ctrl_c()).await
    /// # }
    /// ```
    ///
    /// Service managers and containers stop a program with SIGTERM, not with Ctrl-C:
    ///
    /// ```no_run
    /// # use framewright::prelude::*;
    /// # #[derive(Frame)]
    /// # #[frame(be)]
    /// # struct Text { #[len_prefixed] text: String }
    /// # #[cfg(unix)]
    /// # async fn f() -> framewright::Result<()> {
    /// use tokio::signal::unix::{SignalKind, signal};
    ///
    /// let mut terminated = signal(SignalKind::terminate())?;
    /// let stop = async {
    ///     tokio::select! {
    ///         _ = tokio::signal::ctrl_c() => {}
    ///         _ = terminated.recv() => {}
    ///     }
    /// };
    /// let server = Server::new(async |msg: Text| msg).bind("127.0.0.1:8888").await?;
    /// server.serve_until(stop).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// Same as [`serve`](Self::serve).
    ///
    /// # Cancel safety
    /// Same as [`serve`](Self::serve).
    pub async fn serve_until(self, signal: impl Future) -> Result<()> {
        let Self { server, listener } = self;
        // `Stop` closes the connections, even if this future is dropped.
        let stop = Stop(&server.connections);
        tracing::info!("listening on {listener}");
        tokio::select! {
            () = accept(&server, &listener) => {}
            _ = signal => {}
        }
        // Closing the listener would reset connections that are established but not accepted yet.
        for accepted in listener.close() {
            // Connections beyond the limits are refused.
            let _ = server.start(accepted);
        }
        tracing::info!("draining {} connections", server.connections.len());
        server.connections.drain(server.limits.drain).await;
        drop(stop);
        Ok(())
    }
}

/// Methods that a server has only once it listens.
#[diagnostic::on_unimplemented(
    message = "this server does not listen yet",
    label = "bind it first: `.bind(\"127.0.0.1:8888\").await?`",
    note = "`serve(\"127.0.0.1:8888\", handler).await` does both"
)]
pub trait Listens {}

/// The methods of [`BoundServer`] for a server that does not listen yet. Calling them is a compile
/// error, which says how to listen.
#[doc(hidden)]
impl<S> Server<S> {
    pub fn serve(self) -> std::future::Ready<crate::Result<()>>
    where
        Self: Listens,
    {
        std::future::ready(Ok(()))
    }

    pub fn serve_until<F>(self, _: F) -> std::future::Ready<crate::Result<()>>
    where
        Self: Listens,
    {
        std::future::ready(Ok(()))
    }

    pub fn local_addr(&self) -> std::net::SocketAddr
    where
        Self: Listens,
    {
        std::net::SocketAddr::from(([0, 0, 0, 0], 0))
    }
}
