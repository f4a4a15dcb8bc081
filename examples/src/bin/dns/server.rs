//! The server: TCP and UDP side by side, one handler for both.

use std::fmt::Debug;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use framewright::net::udp;
use framewright::{Result, Server};
use framewright_examples::both;
use tokio::net::ToSocketAddrs;

use crate::answer::{Over, answer};
use crate::protocol::Tcp;
use crate::zone::Zone;

/// Serves a zone on `address` until `stop` resolves. `ready` is told the address, which with port 0 is the system's choice.
pub async fn serve(
    zone: Zone,
    address: impl ToSocketAddrs + Debug,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future,
) -> Result<()> {
    let zone = Arc::new(zone);
    let tcp = || {
        let zone = Arc::clone(&zone);
        Server::new(async move |query: Tcp<_>| answer(&zone, query.0, Over::Tcp).map(Tcp))
    };
    let udp = || {
        let zone = Arc::clone(&zone);
        udp::Server::new(async move |query| answer(&zone, query, Over::Udp))
    };
    both::serve(address, tcp, udp, ready, stop).await
}
