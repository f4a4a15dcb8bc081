//! Both ends of a connection.

use std::net::SocketAddr;
#[cfg(feature = "tls")]
use std::sync::OnceLock;

#[cfg(feature = "tls")]
use crate::net::tls::TlsInfo;

/// Both ends of a connection.
#[derive(Debug)]
pub(crate) struct Ends {
    pub(crate) peer: SocketAddr,
    pub(crate) local: SocketAddr,
    #[cfg(feature = "tls")]
    pub(crate) tls: OnceLock<Box<TlsInfo>>,
}

impl Ends {
    pub(crate) fn new(peer: SocketAddr, local: SocketAddr) -> Self {
        Self {
            peer,
            local,
            #[cfg(feature = "tls")]
            tls: OnceLock::new(),
        }
    }
}
