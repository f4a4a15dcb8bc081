//! Clients over TLS.

use std::fmt;
use std::sync::Arc;

use tokio::net::ToSocketAddrs;
use tokio_rustls::rustls::ClientConfig;

use super::Client;
use crate::error::Result;
use crate::frame::Layout;
use crate::net::session::Session;
use crate::options::ClientOptions;

impl<S, R: Layout> Client<S, R> {
    /// Connects to a server over TLS. The server must present a certificate for `name`, as for
    /// [`Session::connect_tls`].
    ///
    /// # Errors
    /// Same as [`Session::connect_tls`], and [`Error::Connect`](crate::Error::Connect) if frames of
    /// this type do not allow the options.
    ///
    /// # Cancel safety
    /// Same as [`Session::connect_tls`].
    pub async fn connect_tls(
        address: impl ToSocketAddrs + fmt::Debug,
        name: &str,
        config: Arc<ClientConfig>,
    ) -> Result<Self> {
        Self::connect_tls_with(address, name, config, ClientOptions::new()).await
    }

    /// Like [`connect_tls`](Self::connect_tls), with custom timeouts and limits.
    ///
    /// # Errors
    /// Same as [`connect_tls`](Self::connect_tls).
    ///
    /// # Cancel safety
    /// Same as [`Session::connect_tls`].
    pub async fn connect_tls_with(
        address: impl ToSocketAddrs + fmt::Debug,
        name: &str,
        config: Arc<ClientConfig>,
        options: ClientOptions,
    ) -> Result<Self> {
        options.check::<R>(&address)?;
        Ok(Session::connect_tls_with(address, name, config, options).await?.into_client())
    }
}
