//! A proxy that reports its traffic. Forwarding never waits for the receiver of the reports.
//!
//! [`Proxy::run`] forwards the bytes; copies of them go into a queue of [`QUEUE`] pieces.
//! [`Tap::next`] takes [`Event`]s from this queue. If the queue is full, pieces are left out and
//! reported as [`Happened::Missing`].

mod pass;

use std::string::{String, ToString as _};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use self::pass::{Reporter, pass, reset};
pub(super) use super::side::{Accept, Connect};
use super::traffic::{Connection, Direction, Event};
use crate::error::{Error, Result};

/// The maximum number of queued pieces of at most 16 KiB each. Further pieces are left out.
const QUEUE: usize = 1024;

/// A proxy, which forwards connections to a server.
pub(super) struct Proxy {
    listener: TcpListener,
    accept: Accept,
    connect: Connect,
    events: mpsc::Sender<Event>,
}

/// The receiver of the copied traffic.
pub(super) struct Tap {
    events: mpsc::Receiver<Event>,
}

impl Tap {
    /// Returns the next event, or `None` once the proxy has ended. This is cancel safe.
    #[cfg(test)]
    pub(super) async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// Blocks until the next event and returns it, or `None` once the proxy has ended. It must not
    /// be called in an async task.
    pub(super) fn wait(&mut self) -> Option<Event> {
        self.events.blocking_recv()
    }
}

impl Proxy {
    pub(super) async fn bind(address: &str, accept: Accept, connect: Connect) -> Result<(Self, Tap)> {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| Error::Bind { address: address.to_string(), source })?;
        let (events, taken) = mpsc::channel(QUEUE);
        Ok((Self { listener, accept, connect, events }, Tap { events: taken }))
    }

    /// Returns the listening address of the proxy.
    pub(super) fn address(&self) -> String {
        self.listener.local_addr().map(|address| address.to_string()).unwrap_or_default()
    }

    /// Accepts and forwards connections for ever. When the future is dropped, all connections are
    /// closed.
    pub(super) async fn run(self) {
        let proxy = Arc::new(self);
        let mut connections = JoinSet::new();
        let mut id = 0;
        loop {
            let accepted = tokio::select! {
                accepted = proxy.listener.accept() => accepted,
                Some(_) = connections.join_next() => continue,
            };
            match accepted {
                Ok((client, address)) => {
                    id += 1;
                    let server = proxy.connect.address.clone();
                    let connection = Arc::new(Connection { id, client: address.to_string(), server });
                    connections.spawn(serve(Arc::clone(&proxy), client, connection));
                }
                // Accepting fails if no file descriptors are available, or if the peer has closed
                // the connection.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// Forwards one connection until it ends.
async fn serve(proxy: Arc<Proxy>, client: tokio::net::TcpStream, connection: Arc<Connection>) {
    let mut up = Reporter::new(&proxy.events, &connection, Direction::ToServer);
    let mut down = Reporter::new(&proxy.events, &connection, Direction::FromServer);
    up.opened();
    let server = match proxy.connect.connect().await {
        Ok(server) => server,
        Err(error) => {
            reset(&client);
            drop(client);
            return down.end(Some(error.to_string())).await;
        }
    };
    let client = match proxy.accept.accept(client).await {
        Ok(client) => client,
        Err(error) => return up.end(Some(error.to_string())).await,
    };
    pass(client, server, up, down).await;
}

#[cfg(test)]
mod tests;
