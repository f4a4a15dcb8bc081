//! A server with several nodes, which share a PostgreSQL store.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::rand_core::{OsRng, RngCore};
use framewright::{Error, Result};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use super::line::Line;
use super::node::{Gate, Node};
use super::place::Here;
use crate::bus::{Alone, Bus, News};
use crate::nats::Nats;
use crate::store::{Allowance, Keeper, Look, Name, Postgres};

/// The interval between checks of the store for missed notifications.
const LOOK: Duration = Duration::from_secs(2);

/// How long this node may go without checking the store before it closes its connections. Shorter
/// than the 10 s after which other nodes take over its names (`store/look.rs`).
const LEASE: Duration = Duration::from_secs(8);

type Chat = Node<Line>;

/// Connects to the store and to the bus, and listens to both.
pub async fn open(store: &str, bus: Option<&str>, allowance: Allowance, gate: Gate) -> Result<Arc<Chat>> {
    let id = i64::from_be_bytes(OsRng.next_u64().to_be_bytes());
    let url = store.to_owned();
    // The PostgreSQL client blocks its thread.
    let store = spawn_blocking(move || Postgres::open(&url)).await.map_err(Error::other)?;
    let keeper = Keeper::new(store.map_err(Error::other)?, allowance);
    // The node must be registered before it takes names.
    keeper.ask(Look { node: id }).await.map_err(Error::other)?;
    let (bus, news): (Box<dyn Bus>, _) = match bus {
        Some(url) => {
            let (nats, news) = Nats::open(url, id).await?;
            (Box::new(nats), Some(news))
        }
        None => (Box::new(Alone), None),
    };
    let node = Arc::new(Node { keeper, bus, here: Here::default(), gate, id });
    if let Some(news) = news {
        tokio::spawn(hear(Arc::clone(&node), news));
    }
    tokio::spawn(watch(Arc::clone(&node)));
    Ok(node)
}

async fn hear(node: Arc<Chat>, mut news: mpsc::Receiver<(Name, News)>) {
    while let Some((name, news)) = news.recv().await {
        node.hear(name, news);
    }
}

/// Checks the store regularly. Notifications from the bus are faster, but can be lost.
async fn watch(node: Arc<Chat>) {
    let mut last = Instant::now();
    loop {
        sleep(LOOK).await;
        let asked = Instant::now();
        let Ok(names) = node.keeper.ask(Look { node: node.id }).await else { continue };
        if last.elapsed() > LEASE {
            tracing::warn!("the store was unavailable for so long that all connections are closed");
            node.here.close();
        }
        last = asked;
        names.into_iter().for_each(|name| node.hear(name, News::Look));
    }
}
