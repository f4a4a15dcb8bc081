//! TLS by rustls: configurations from PEM, for servers and clients.
//!
//! [`rustls`] is exported for everything these shorthands leave out.
//!
//! ```no_run
//! use framewright::net::tls;
//! use framewright::prelude::*;
//! # #[derive(Frame)]
//! # #[frame(be)]
//! # struct Text { #[len_prefixed] text: String }
//!
//! # async fn f() -> Result<(), Box<dyn std::error::Error>> {
//! let config = tls::server_config(&std::fs::read("chain.pem")?, &std::fs::read("key.pem")?)?;
//! let server = Server::new(async |msg: Text| msg).tls(config).bind("127.0.0.1:8888").await?;
//!
//! let config = tls::client_config(&std::fs::read("ca.pem")?)?;
//! let mut client = Client::<Text>::connect_tls("127.0.0.1:8888", "localhost", config).await?;
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, ToSocketAddrs};
use tokio::time::timeout;
pub use tokio_rustls::rustls;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::client::Client;
use super::fleet::Member;
use super::handler::Service;
use super::listener::Accepted;
#[cfg(unix)]
use super::listener::NO_ADDRESS;
use super::outbox::Stage;
use super::server::{Parts, Server};
use crate::error::{Error, Result};
use crate::options::{ClientOptions, as_given};

/// What a server shows to clients: its certificate with those that vouch for it, and its key, in PEM.
///
/// # Errors
/// [`Error::Other`] if these are none, or do not belong together.
pub fn server_config(chain: &[u8], key: &[u8]) -> Result<Arc<ServerConfig>> {
    let chain = certificates(chain)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(Error::other)?;
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(Error::other)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(Error::other)?;
    Ok(Arc::new(config))
}

/// Whom a client believes: the certificates, in PEM, that vouch for its servers.
///
/// # Errors
/// [`Error::Other`] if these are none.
pub fn client_config(authorities: &[u8]) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(authorities)? {
        roots.add(authority).map_err(Error::other)?;
    }
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(Error::other)?;
    if certificates.is_empty() {
        return Err(Error::other("there is no certificate in this PEM"));
    }
    Ok(certificates)
}

/// Named, because a program with two of them has no default.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

impl<S> Server<S> {
    /// Speaks TLS on the connections it accepts. The handshake is part of the time for the first frame.
    #[must_use]
    pub fn tls(mut self, config: Arc<ServerConfig>) -> Self {
        self.set_tls(TlsAcceptor::from(config));
        self
    }
}

/// Runs a connection to the end, once the peer has shaken hands.
pub(super) async fn secured<S: Service>(
    tls: TlsAcceptor,
    accepted: Accepted,
    parts: Parts<S>,
    member: Member,
) {
    let failed = match accepted {
        Accepted::Tcp(stream, peer) => match shake_hands(&tls, stream, &parts, &member).await {
            Ok(stream) => return parts.connection(stream, peer, &member).run().await,
            Err(error) => error,
        },
        #[cfg(unix)]
        Accepted::Unix(stream) => match shake_hands(&tls, stream, &parts, &member).await {
            Ok(stream) => return parts.connection(stream, NO_ADDRESS, &member).run().await,
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
    parts: &Parts<S>,
    member: &Member,
) -> io::Result<TlsStream<IO>> {
    // Without a limit of the user's a peer still has no more than this.
    const MINUTE: Duration = Duration::from_secs(60);
    const LAST_CALL: Duration = Duration::from_secs(1);
    let stopping = async {
        member.outbox.reached(Stage::Draining).await;
        // When it is over, so is this.
        let _ = timeout(LAST_CALL, member.outbox.reached(Stage::Killed)).await;
    };
    let time = parts.limits.first_frame_time.unwrap_or(MINUTE);
    tokio::select! {
        shaken = timeout(time, tls.accept(io)) => shaken.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
        () = stopping => Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the server stops")),
    }
}

impl<S, R> Client<S, R> {
    /// Connects to a server over TLS, which must show a certificate for `name`.
    ///
    /// # Errors
    /// [`Error::Connect`] if there is no such server, none that answers in time, or none that
    /// can be believed.
    ///
    /// # Cancel safety
    /// Cancelled, there is no connection.
    pub async fn connect_tls(
        address: impl ToSocketAddrs + fmt::Debug,
        name: &str,
        config: Arc<ClientConfig>,
    ) -> Result<Self> {
        Self::connect_tls_with(address, name, config, ClientOptions::new()).await
    }

    /// As [`connect_tls`](Self::connect_tls), with timeouts and limits of the caller's choice.
    ///
    /// # Errors
    /// As [`connect_tls`](Self::connect_tls).
    ///
    /// # Cancel safety
    /// As [`connect_tls`](Self::connect_tls).
    pub async fn connect_tls_with(
        address: impl ToSocketAddrs + fmt::Debug,
        name: &str,
        config: Arc<ClientConfig>,
        options: ClientOptions,
    ) -> Result<Self> {
        let connecting = async {
            let name = ServerName::try_from(name.to_owned())
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
            let stream = TcpStream::connect(&address).await?;
            // Frames are written whole, so waiting for more would only delay them.
            stream.set_nodelay(true)?;
            TlsConnector::from(config).connect(name, stream).await
        };
        let stream = timeout(options.time_to_connect(), connecting)
            .await
            .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")))
            .map_err(|source| Error::Connect { address: as_given(&address), source })?;
        Ok(Self::over(stream, &options))
    }
}
