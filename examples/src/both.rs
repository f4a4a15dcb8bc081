//! Runs two servers at once, such as TCP and UDP on the same port.

use std::fmt::Debug;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use framewright::net::{BoundServer, Service, udp};
use framewright::{Result, Server};
use tokio::net::ToSocketAddrs;
use tokio::sync::watch;

/// How many ports are tried. A port may be free for only one of the two servers.
const ATTEMPTS: usize = 8;

/// Runs a TCP and a UDP server on `address` until `stop` resolves. Calls `ready` with the bound
/// address, whose port the system chooses if `address` has port 0.
///
/// # Errors
/// Returns an error if the address cannot be listened on.
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

/// Resolves when a server should stop.
pub type Stopped = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs two servers until `stop` resolves or one of them fails.
///
/// # Errors
/// Returns the error of the server that failed first.
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
            // Nothing is ever sent. `changed` returns when the sender is dropped.
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

/// Binds both servers to `address`. `udp` is called with the address that the TCP server is bound
/// to.
///
/// # Errors
/// Returns an error if the address cannot be listened on.
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
