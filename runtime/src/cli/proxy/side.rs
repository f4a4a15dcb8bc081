//! The two sides of the proxy: how a connection is taken, and how one is made.

use std::io;
use std::string::String;
#[cfg(feature = "tls")]
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

#[cfg(feature = "tls")]
use crate::net::tls::rustls::{ClientConfig, ServerConfig, pki_types::ServerName};

/// Bytes both ways, over whatever.
pub(in crate::cli) trait Io: AsyncRead + AsyncWrite + Send + Unpin {
    /// What it is on.
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

/// How connections of clients are taken.
#[derive(Clone, Default)]
pub(in crate::cli) struct Accept {
    /// As a server of TLS.
    #[cfg(feature = "tls")]
    pub(in crate::cli) tls: Option<Arc<ServerConfig>>,
}

impl Accept {
    pub(super) async fn accept(&self, client: TcpStream) -> io::Result<std::boxed::Box<dyn Io>> {
        client.set_nodelay(true)?;
        #[cfg(feature = "tls")]
        if let Some(config) = &self.tls {
            let acceptor = tokio_rustls::TlsAcceptor::from(Arc::clone(config));
            return Ok(std::boxed::Box::new(acceptor.accept(client).await?));
        }
        Ok(std::boxed::Box::new(client))
    }
}

/// How the server is reached.
#[derive(Clone)]
pub(in crate::cli) struct Connect {
    pub(in crate::cli) address: String,
    /// As a client of TLS, that expects this name.
    #[cfg(feature = "tls")]
    pub(in crate::cli) tls: Option<(ServerName<'static>, Arc<ClientConfig>)>,
}

impl Connect {
    /// Without TLS.
    pub(in crate::cli) fn plain(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    pub(super) async fn connect(&self) -> io::Result<std::boxed::Box<dyn Io>> {
        let server = TcpStream::connect(&self.address).await?;
        server.set_nodelay(true)?;
        #[cfg(feature = "tls")]
        if let Some((name, config)) = &self.tls {
            let connector = tokio_rustls::TlsConnector::from(Arc::clone(config));
            return Ok(std::boxed::Box::new(connector.connect(name.clone(), server).await?));
        }
        Ok(std::boxed::Box::new(server))
    }
}
