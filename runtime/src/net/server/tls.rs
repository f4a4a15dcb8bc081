//! Servers over TLS.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;
use tracing::Span;

use super::connections::Admitted;
use super::listener::Accepted;
use super::{Server, Setup, spawn};
use crate::net::connection::outbox::Stage;
use crate::net::session::serve::Serves;
use crate::net::tls::TlsInfo;

impl<S> Server<S> {
    /// Uses TLS on accepted connections. The handshake counts towards the time for the first frame.
    #[must_use]
    pub fn tls(mut self, config: Arc<ServerConfig>) -> Self {
        self.set_tls(TlsAcceptor::from(config));
        self
    }
}

/// Performs the TLS handshake of a connection, and then starts the connection.
// The connection runs in another task, because in this task it would keep the memory of the
// handshake.
pub(super) async fn secure<S: Serves>(
    tls: TlsAcceptor,
    accepted: Accepted,
    setup: Setup<S>,
    admitted: Admitted,
) {
    let failed = match accepted {
        Accepted::Tcp(stream, _) => match shake_hands(&tls, stream, &setup, &admitted).await {
            Ok(stream) => return spawn(stream, setup, admitted, Span::current()),
            Err(error) => error,
        },
        #[cfg(unix)]
        Accepted::Unix(stream) => match shake_hands(&tls, stream, &setup, &admitted).await {
            Ok(stream) => return spawn(stream, setup, admitted, Span::current()),
            Err(error) => error,
        },
    };
    tracing::warn!("TLS handshake failed: {failed}");
}

/// Performs the handshake within the time for the first frame. When the server stops, the handshake
/// has one second left.
async fn shake_hands<S, IO: AsyncRead + AsyncWrite + Unpin>(
    tls: &TlsAcceptor,
    io: IO,
    setup: &Setup<S>,
    admitted: &Admitted,
) -> io::Result<TlsStream<IO>> {
    // The time limit of the handshake if the first frame has no time limit.
    const MINUTE: Duration = Duration::from_secs(60);
    const LAST_CALL: Duration = Duration::from_secs(1);
    let stopping = async {
        admitted.outbox.reached(Stage::Draining).await;
        // The handshake ends at the latest with the drain.
        let _ = timeout(LAST_CALL, admitted.outbox.reached(Stage::Killed)).await;
    };
    let time = setup.limits.first_frame_time.unwrap_or(MINUTE);
    let shaken = tokio::select! {
        shaken = timeout(time, tls.accept(io)) => shaken.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
        () = stopping => Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the server stops")),
    }?;
    // The properties were not set before, so this cannot fail.
    let _ = admitted.outbox.ends.tls.set(Box::new(TlsInfo::of_client(shaken.get_ref().1)));
    Ok(shaken)
}
