//! The server: TCP and UDP side by side.

use std::fmt::Debug;
use std::future::Future;
use std::net::SocketAddr;

use framewright::net::udp;
use framewright::{Auto, Close, Conn, Handler, Result, Server};
use framewright_examples::unhurried;
use tokio::net::ToSocketAddrs;
use tokio::sync::watch;

use crate::protocol::{Greeting, Name, Reply};

/// How often a port is tried that is free for one of the two only.
const ATTEMPTS: usize = 8;

/// Greets on `address` until `stop` resolves. `ready` is told the address, which with port 0 is the system's choice.
pub async fn serve(
    address: impl ToSocketAddrs + Debug,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future,
) -> Result<()> {
    let mut attempt = 1;
    let (tcp, udp) = loop {
        let tcp = Server::new(Greeter).per_read().limits(unhurried()).bind(&address).await?;
        match udp::Server::new(greet).bind(tcp.local_addr()).await {
            Ok(udp) => break (tcp, udp),
            Err(error) if attempt == ATTEMPTS => return Err(error),
            Err(_) => attempt += 1,
        }
    };
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

/// The answer to a datagram.
async fn greet(name: Name) -> Greeting {
    Greeting { name: name.name, mark: Auto::new() }
}

/// The server over TCP, which says something before it is asked.
struct Greeter;

impl Handler for Greeter {
    type In<'a> = Name;
    type Out = Reply;
    type State = ();

    async fn open(&self, conn: &mut Conn<Reply>) -> Result<(), Close> {
        Ok(conn.send(Reply::Welcome { mark: Auto::new() })?)
    }

    async fn frame<'a>(&'a self, conn: &'a mut Conn<Reply>, (): &'a mut (), name: Name) -> Result<(), Close> {
        if name.name == "exit" {
            return Err(Close::new());
        }
        Ok(conn.send(Reply::Hello { name: name.name, mark: Auto::new() })?)
    }
}
