//! Servers that speak TLS.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

use super::connections::Admitted;
use super::listener::Accepted;
use super::{Server, Setup};
use crate::net::connection::outbox::Stage;
use crate::net::session::serve::Serves;
use crate::net::tls::TlsInfo;

impl<S> Server<S> {
    /// Speaks TLS on the connections it accepts. The handshake is part of the time for the first frame.
    #[must_use]
    pub fn tls(mut self, config: Arc<ServerConfig>) -> Self {
        self.set_tls(TlsAcceptor::from(config));
        self
    }
}

/// Runs a connection to the end, once the peer has shaken hands.
pub(super) async fn secured<S: Serves>(
    tls: TlsAcceptor,
    accepted: Accepted,
    setup: Setup<S>,
    admitted: Admitted,
) {
    let failed = match accepted {
        Accepted::Tcp(stream, _) => match shake_hands(&tls, stream, &setup, &admitted).await {
            Ok(stream) => return S::run(setup, stream, admitted).await,
            Err(error) => error,
        },
        #[cfg(unix)]
        Accepted::Unix(stream) => match shake_hands(&tls, stream, &setup, &admitted).await {
            Ok(stream) => return S::run(setup, stream, admitted).await,
            Err(error) => error,
        },
    };
    tracing::warn!("no TLS: {failed}");
}

/// Takes no longer than a first frame may. When the server stops, only those who are quick about it
/// are still waited for.
async fn shake_hands<S, IO: AsyncRead + AsyncWrite + Unpin>(
    tls: &TlsAcceptor,
    io: IO,
    setup: &Setup<S>,
    admitted: &Admitted,
) -> io::Result<TlsStream<IO>> {
    // Without a limit of the user's a peer still has no more than this.
    const MINUTE: Duration = Duration::from_secs(60);
    const LAST_CALL: Duration = Duration::from_secs(1);
    let stopping = async {
        admitted.outbox.reached(Stage::Draining).await;
        // When it is over, so is this.
        let _ = timeout(LAST_CALL, admitted.outbox.reached(Stage::Killed)).await;
    };
    let time = setup.limits.first_frame_time.unwrap_or(MINUTE);
    let shaken = tokio::select! {
        shaken = timeout(time, tls.accept(io)) => shaken.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
        () = stopping => Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the server stops")),
    }?;
    // There is none yet.
    let _ = admitted.outbox.ends.tls.set(Box::new(TlsInfo::of_client(shaken.get_ref().1)));
    Ok(shaken)
}
