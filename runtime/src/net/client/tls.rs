//! Clients that speak TLS.

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
    /// Connects to a server over TLS, which must show a certificate for `name`, as [`Session::connect_tls`] does.
    ///
    /// # Errors
    /// As [`Session::connect_tls`], and for options that frames of this type do not allow.
    ///
    /// # Cancel safety
    /// As [`Session::connect_tls`].
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
    /// As [`Session::connect_tls`].
    pub async fn connect_tls_with(
        address: impl ToSocketAddrs + fmt::Debug,
        name: &str,
        config: Arc<ClientConfig>,
        options: ClientOptions,
    ) -> Result<Self> {
        super::check::<R>(&address, &options)?;
        Ok(Session::connect_tls_with(address, name, config, options).await?.into_client())
    }
}
