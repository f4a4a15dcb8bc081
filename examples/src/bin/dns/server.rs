//! The server, over TCP and UDP on the same port.

use std::fmt::Debug;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use framewright::net::Limits;
use framewright::{Attempt, Encode, Result, Server, udp};
use framewright_examples::{EACH, Flood, both};
use tokio::net::ToSocketAddrs;

use crate::answer::{Over, answer};
use crate::protocol::{Message, Tcp};
use crate::reflection::Reflection;
use crate::zone::Zone;

/// Serves a zone on `address` until `stop` resolves. `ready` receives the bound address, whose port
/// the system chooses if `address` has port 0.
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
            .limits(Limits::new().per_address(EACH))
    };
    let (tcp, udp) = both::bind(address, tcp, async |address| udp::Endpoint::bind(address).await).await?;
    tracing::info!("listening on {} (UDP)", udp.local_addr());
    ready(tcp.local_addr());
    tokio::select! {
        served = tcp.serve_until(stop) => served,
        () = datagrams(&zone, &udp) => Ok(()),
    }
}

/// Answers datagrams in an endless loop.
async fn datagrams(zone: &Zone, endpoint: &udp::Endpoint<Message, Attempt<Message>>) {
    let (reflection, failed) = (Reflection::new(), Flood::new());
    let fails =
        |error| failed.happened(|count| tracing::warn!("{count} datagrams failed, the last one: {error}"));
    loop {
        let (query, from) = match endpoint.recv_from().await {
            Ok(received) => received,
            Err(error) => {
                fails(error);
                // Yield, so that a permanent error does not block other tasks.
                tokio::task::yield_now().await;
                continue;
            }
        };
        let asked = query.encoded_len();
        let answer = answer(zone, query, Over::Udp);
        let Some(answer) = answer.and_then(|answer| reflection.bounded(answer, asked, from.ip())) else {
            continue;
        };
        if let Err(error) = endpoint.send_to(&answer, from).await {
            fails(error);
        }
    }
}
