//! Running two servers at once, such as TCP and UDP on the same port.

use std::fmt::Debug;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use framewright::net::{BoundServer, Service, udp};
use framewright::{Result, Server};
use tokio::net::ToSocketAddrs;
use tokio::sync::watch;

/// The number of ports that are tried, because a port may be free for only one of the two servers.
const ATTEMPTS: usize = 8;

/// Serves both on `address` until `stop` resolves. Calls `ready` with the address that they listen
/// on. If the port in `address` is 0, the system chooses the port.
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
    until(stop, |stopped| tcp.serve_until(stopped), |stopped| udp.serve_until(stopped)).await
}

/// The signal for a server to stop.
pub type Stopped = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs two servers until `stop` resolves, or one of them fails.
///
/// # Errors
/// Those of the servers.
pub async fn until<A, B>(
    stop: impl Future,
    one: impl FnOnce(Stopped) -> A,
    two: impl FnOnce(Stopped) -> B,
) -> Result<()>
where
    A: Future<Output = Result<()>>,
    B: Future<Output = Result<()>>,
{
    let (stopping, stopped) = watch::channel(());
    let stopped = || -> Stopped {
        let mut stopped = stopped.clone();
        Box::pin(async move {
            // Nothing is ever sent. Closing the channel stops the servers.
            let _ = stopped.changed().await;
        })
    };
    let stopping = async {
        stop.await;
        drop(stopping);
        Ok(())
    };
    tokio::try_join!(one(stopped()), two(stopped()), stopping)?;
    Ok(())
}

/// Listens with both on `address`. `udp` is called with the address that TCP listens on.
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
