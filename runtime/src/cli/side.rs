//! The two sides of a proxy: accepting and making connections, with or without TLS.

use std::boxed::Box;
use std::io;
use std::string::String;
#[cfg(feature = "tls")]
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

#[cfg(feature = "tls")]
use crate::error::Error;
use crate::error::Result;
#[cfg(feature = "tls")]
use crate::net::tls::rustls::{ClientConfig, ServerConfig, pki_types::ServerName};
#[cfg(feature = "tls")]
use crate::net::tls::{client_config, server_config};

/// A stream of bytes in both directions.
pub(in crate::cli) trait Io: AsyncRead + AsyncWrite + Send + Unpin {
    /// Returns the underlying TCP stream.
    fn tcp(&self) -> &TcpStream;
}

impl Io for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

#[cfg(feature = "tls")]
impl Io for tokio_rustls::server::TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

#[cfg(feature = "tls")]
impl Io for tokio_rustls::client::TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// How a proxy accepts clients.
#[derive(Clone, Default)]
pub(in crate::cli) struct Accept {
    /// The configuration of the TLS server, if TLS is used.
    #[cfg(feature = "tls")]
    pub(in crate::cli) tls: Option<Arc<ServerConfig>>,
}

impl Accept {
    pub(in crate::cli) async fn accept(&self, client: TcpStream) -> io::Result<Box<dyn Io>> {
        client.set_nodelay(true)?;
        #[cfg(feature = "tls")]
        if let Some(config) = &self.tls {
            let acceptor = tokio_rustls::TlsAcceptor::from(Arc::clone(config));
            return Ok(Box::new(acceptor.accept(client).await?));
        }
        Ok(Box::new(client))
    }
}

/// How to connect to a server.
#[derive(Clone)]
pub(in crate::cli) struct Connect {
    pub(in crate::cli) address: String,
    /// The expected name and the configuration of the TLS client, if TLS is used.
    #[cfg(feature = "tls")]
    pub(in crate::cli) tls: Option<(ServerName<'static>, Arc<ClientConfig>)>,
}

impl Connect {
    /// Returns how to connect to the server at this address without TLS.
    pub(in crate::cli) fn plain(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    pub(in crate::cli) async fn connect(&self) -> io::Result<Box<dyn Io>> {
        let server = TcpStream::connect(&self.address).await?;
        server.set_nodelay(true)?;
        #[cfg(feature = "tls")]
        if let Some((name, config)) = &self.tls {
            let connector = tokio_rustls::TlsConnector::from(Arc::clone(config));
            return Ok(Box::new(connector.connect(name.clone(), server).await?));
        }
        Ok(Box::new(server))
    }
}

/// The TLS options towards clients.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct ClientTls {
    /// Accept TLS from clients, with this certificate chain (PEM)
    #[cfg(feature = "tls")]
    #[arg(long, value_name = "CHAIN.pem", requires = "tls_key")]
    tls_cert: Option<String>,
    /// The key of the certificate (PEM)
    #[cfg(feature = "tls")]
    #[arg(long, value_name = "KEY.pem", requires = "tls_cert")]
    tls_key: Option<String>,
}

impl ClientTls {
    pub(in crate::cli) fn accept(&self) -> Result<Accept> {
        #[cfg(feature = "tls")]
        if let (Some(chain), Some(key)) = (&self.tls_cert, &self.tls_key) {
            return Ok(Accept { tls: Some(server_config(&file(chain)?, &file(key)?)?) });
        }
        Ok(Accept::default())
    }
}

/// The TLS options towards the server.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct ServerTls {
    /// Use TLS towards the server, trusting these authorities (PEM)
    #[cfg(feature = "tls")]
    #[arg(long, value_name = "CA.pem")]
    tls_ca: Option<String>,
    /// The name in the server's certificate, if it differs from its address
    #[cfg(feature = "tls")]
    #[arg(long, value_name = "NAME", requires = "tls_ca")]
    tls_name: Option<String>,
}

impl ServerTls {
    pub(in crate::cli) fn connect(&self, address: &str) -> Result<Connect> {
        #[cfg(feature = "tls")]
        if let Some(authorities) = &self.tls_ca {
            let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
            let name = self.tls_name.as_deref().unwrap_or(host.trim_matches(['[', ']']));
            let name = ServerName::try_from(String::from(name)).map_err(Error::other)?;
            let tls = Some((name, client_config(&file(authorities)?)?));
            return Ok(Connect { address: address.into(), tls });
        }
        Ok(Connect::plain(address))
    }
}

#[cfg(feature = "tls")]
fn file(name: &str) -> Result<std::vec::Vec<u8>> {
    std::fs::read(name).map_err(|error| Error::other(std::format!("`{name}` cannot be read: {error}")))
}
