//! Clients that speak TLS.

use std::sync::Arc;
use std::{fmt, io};

use tokio::net::{TcpStream, ToSocketAddrs};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use super::Client;
use crate::error::{Error, Result};
use crate::options::{ClientOptions, as_given};

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
