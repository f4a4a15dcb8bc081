//! Servers that listen.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;

use super::Server;
use super::accept::accept;
use super::connections::Stop;
use super::listener::Listener;
use crate::error::Result;
use crate::net::session::serve::Serves;

/// A server that listens and is ready to serve.
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
    /// The address that is listened on: with port 0 asked for, the port given. A Unix
    /// socket has none and gives the unspecified address `0.0.0.0:0`.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.listener.local_addr()
    }

    /// Serves until the program ends.
    ///
    /// # Errors
    /// None of today: what goes wrong with one connection ends that connection.
    ///
    /// # Cancel safety
    /// Dropping the future stops the server; its connections are closed.
    pub async fn serve(self) -> Result<()> {
        self.serve_until(std::future::pending::<()>()).await
    }

    /// Serves until `signal` resolves, whatever it gives, then drains: no
    /// connection is accepted any more, what has begun to arrive is answered, and
    /// connections that are not done within [`Limits::drain`](crate::net::Limits::drain) are closed.
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
    /// Service managers and containers stop a program by SIGTERM, not by Ctrl-C:
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
    /// As [`serve`](Self::serve).
    ///
    /// # Cancel safety
    /// As [`serve`](Self::serve).
    pub async fn serve_until(self, signal: impl Future) -> Result<()> {
        let Self { server, listener } = self;
        // However this future ends, no connection outlives it for long.
        let stop = Stop(&server.connections);
        tracing::info!("listening on {listener}");
        tokio::select! {
            () = accept(&server, &listener) => {}
            _ = signal => {}
        }
        // Closing the listener would reset those who are connected as far as they know.
        for accepted in listener.close() {
            // Those who come too late are refused.
            let _ = server.start(accepted);
        }
        tracing::info!("draining {} connections", server.connections.len());
        server.connections.drain(server.limits.drain).await;
        drop(stop);
        Ok(())
    }
}

/// What a server can do once it listens. Nothing has it before.
#[diagnostic::on_unimplemented(
    message = "this server does not listen yet",
    label = "bind it first: `.bind(\"127.0.0.1:8888\").await?`",
    note = "`serve(\"127.0.0.1:8888\", handler).await` does both"
)]
pub trait Listens {}

/// What is called before `bind`, for an error that says so.
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
