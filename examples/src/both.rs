//! TCP and UDP on the same port.

use std::fmt::Debug;
use std::future::Future;
use std::net::SocketAddr;

use framewright::net::{BoundServer, Service, udp};
use framewright::{Result, Server};
use tokio::net::ToSocketAddrs;
use tokio::sync::watch;

/// How often a port is tried that is free for one of the two only.
const ATTEMPTS: usize = 8;

/// Serves both on `address` until `stop` resolves. `ready` is told the address, which with port 0 is the system's choice.
///
/// # Errors
/// If the address cannot be listened on.
pub async fn serve<T: Service, U: Service>(
    address: impl ToSocketAddrs + Debug,
    tcp: impl Fn() -> Server<T>,
    udp: impl Fn() -> udp::Server<U>,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future,
) -> Result<()> {
    let (tcp, udp) = bind(address, tcp, async |address| udp().bind(address).await).await?;
    ready(tcp.local_addr());
    let (stopping, stopped) = watch::channel(());
    let stopped = || {
        let mut stopped = stopped.clone();
        // Nothing is ever sent: the channel closes when it is time.
        async move { stopped.changed().await }
    };
    let stopping = async {
        stop.await;
        drop(stopping);
        Ok(())
    };
    tokio::try_join!(tcp.serve_until(stopped()), udp.serve_until(stopped()), stopping)?;
    Ok(())
}

/// Listens with both on `address`; `udp` is told the one that TCP has.
///
/// # Errors
/// If the address cannot be listened on.
pub async fn bind<T: Service, U>(
    address: impl ToSocketAddrs + Debug,
    tcp: impl Fn() -> Server<T>,
    udp: impl AsyncFn(SocketAddr) -> Result<U>,
) -> Result<(BoundServer<T>, U)> {
    let mut attempt = 1;
    loop {
        let tcp = tcp().bind(&address).await?;
        match udp(tcp.local_addr()).await {
            Ok(udp) => return Ok((tcp, udp)),
            Err(error) if attempt == ATTEMPTS => return Err(error),
            Err(_) => attempt += 1,
        }
    }
}
