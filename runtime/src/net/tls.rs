//! TLS with rustls: creates the TLS configuration of a server or a client from PEM.
//!
//! For everything that these functions do not cover, use [`rustls`], which this module re-exports.
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

use std::sync::Arc;

pub use tokio_rustls::rustls;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::error::{Error, Result};

/// Creates the TLS configuration of a server from its certificate chain and its private key in PEM.
///
/// # Errors
/// [`Error::Other`] if the chain or the key is not valid PEM, or if they do not match.
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

/// Creates the TLS configuration of a client that trusts these certificate authorities, given in
/// PEM.
///
/// # Errors
/// [`Error::Other`] if the authorities are not valid PEM certificates.
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

/// The properties of a peer that the TLS handshake has established; see
/// [`Conn::tls`](crate::net::Conn::tls) and [`Session::tls`](crate::net::Session::tls).
///
/// If the server's configuration requires client certificates (mTLS), the certificates identify the
/// client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsInfo {
    /// The verified certificate chain of the peer, beginning with its own certificate. Empty if the
    /// peer presented none.
    pub peer_certificates: Vec<CertificateDer<'static>>,
    /// The negotiated protocol (ALPN).
    pub alpn: Option<Vec<u8>>,
    /// The server name that the client requested (SNI). It is known only on a server.
    pub server_name: Option<String>,
}

impl TlsInfo {
    pub(crate) fn of_client(tls: &rustls::ServerConnection) -> Self {
        Self { server_name: tls.server_name().map(Into::into), ..Self::of(tls) }
    }

    pub(crate) fn of_server(tls: &rustls::ClientConnection) -> Self {
        Self::of(tls)
    }

    fn of(tls: &rustls::CommonState) -> Self {
        let certificates = tls.peer_certificates().unwrap_or_default();
        Self {
            peer_certificates: certificates
                .iter()
                .map(|certificate| certificate.clone().into_owned())
                .collect(),
            alpn: tls.alpn_protocol().map(Into::into),
            server_name: None,
        }
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(Error::other)?;
    if certificates.is_empty() {
        return Err(Error::other("the PEM contains no certificate"));
    }
    Ok(certificates)
}

/// Returns the crypto provider. It is given explicitly, because rustls has no default provider if a
/// program contains two of them.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
