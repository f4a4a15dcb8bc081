//! A proxy that tells what passes through it, and never waits for who listens.
//!
//! [`Proxy::run`] moves the bytes; copies of them go into a queue of [`QUEUE`] pieces, out of which [`Tap::next`] takes [`Event`]s. If
//! nobody takes them in time, what does not fit is left out, and told as [`Happened::Missing`].

mod pass;

use std::string::{String, ToString as _};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use self::pass::{Teller, pass, reset};
pub(super) use super::side::{Accept, Connect};
use super::traffic::{Connection, Direction, Event};
use crate::error::{Error, Result};

/// The most pieces, of at most 16 KiB each, that wait to be taken; what comes beyond is left out.
const QUEUE: usize = 1024;

/// Passes connections on to a server.
pub(super) struct Proxy {
    listener: TcpListener,
    accept: Accept,
    connect: Connect,
    events: mpsc::Sender<Event>,
}

/// Where the copies of what passes come out.
pub(super) struct Tap {
    events: mpsc::Receiver<Event>,
}

impl Tap {
    /// The next event; `None` once the proxy is gone. Cancel safe.
    #[cfg(test)]
    pub(super) async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// Same as [`next`](Self::next), outside of a runtime.
    pub(super) fn wait(&mut self) -> Option<Event> {
        self.events.blocking_recv()
    }
}

impl Proxy {
    /// Listens on an address.
    pub(super) async fn bind(address: &str, accept: Accept, connect: Connect) -> Result<(Self, Tap)> {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| Error::Bind { address: address.to_string(), source })?;
        let (events, taken) = mpsc::channel(QUEUE);
        Ok((Self { listener, accept, connect, events }, Tap { events: taken }))
    }

    /// The address it listens on.
    pub(super) fn address(&self) -> String {
        self.listener.local_addr().map(|address| address.to_string()).unwrap_or_default()
    }

    /// Passes connections on for ever. All of them are closed if this is dropped.
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
                // There are no descriptors for now, or the peer has left.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// One connection, from its accept to its end.
async fn serve(proxy: Arc<Proxy>, client: tokio::net::TcpStream, connection: Arc<Connection>) {
    let mut up = Teller::new(&proxy.events, &connection, Direction::ToServer);
    let mut down = Teller::new(&proxy.events, &connection, Direction::FromServer);
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
