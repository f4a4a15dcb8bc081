//! A bus over NATS. Each name has a subject. A lost notification does no harm, because each node
//! also checks the store.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Subscriber};
use framewright::{Error, Result};
use futures_core::Stream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::bus::{Bus, News};
use crate::store::Name;

/// The maximum number of queued notifications.
const QUEUE: usize = 4096;

/// How long a new connection waits for its subscription before it continues without NATS.
const PATIENCE: Duration = Duration::from_millis(500);

pub struct Nats {
    client: Client,
    /// The subject of this node's requests to itself.
    own: String,
    joined: Mutex<HashMap<Name, JoinHandle<()>>>,
    heard: mpsc::Sender<(Name, News)>,
    told: mpsc::Sender<(Name, News)>,
}

impl Nats {
    /// Connects to NATS, now or when its server can be reached. Returns the bus and the
    /// notifications for the subscribed names.
    ///
    /// # Errors
    /// Returns an error if the address is invalid.
    pub async fn open(url: &str, node: i64) -> Result<(Self, mpsc::Receiver<(Name, News)>)> {
        let options = ConnectOptions::new().retry_on_initial_connect().name("chat");
        let client = options.connect(url).await.map_err(Error::other)?;
        let own = format!("chat.node.{node}");
        let echo = client.subscribe(own.clone()).await.map_err(Error::other)?;
        tokio::spawn(answer(client.clone(), echo));
        let (heard, hearing) = mpsc::channel(QUEUE);
        let (told, telling) = mpsc::channel(QUEUE);
        tokio::spawn(publish(client.clone(), telling));
        Ok((Self { client, own, joined: Mutex::default(), heard, told }, hearing))
    }

    fn joined(&self) -> MutexGuard<'_, HashMap<Name, JoinHandle<()>>> {
        self.joined.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn subscribe(&self, name: Name) {
        let Ok(mut news) = self.client.subscribe(subject(name)).await else { return };
        let heard = self.heard.clone();
        let hearing = tokio::spawn(async move {
            while let Some(message) = next(&mut news).await {
                // If the queue is full, the node later finds the change in the store.
                let _ = heard.try_send((name, decode(&message.payload)));
            }
        });
        if let Some(before) = self.joined().insert(name, hearing) {
            before.abort();
        }
        // NATS handles the messages of a connection in order. So when the request is answered, the
        // subscription is active.
        let _ = timeout(PATIENCE, self.client.request(self.own.clone(), "".into())).await;
    }
}

impl Bus for Nats {
    fn join(&self, name: Name) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.subscribe(name))
    }

    fn leave(&self, name: Name) {
        if let Some(hearing) = self.joined().remove(&name) {
            // Dropping the task's subscriber ends the subscription.
            hearing.abort();
        }
    }

    fn tell(&self, name: Name, news: News) {
        // If the queue is full, the notification is dropped. The other node later finds the change
        // in the store.
        let _ = self.told.try_send((name, news));
    }
}

fn subject(name: Name) -> String {
    format!("chat.name.{name}")
}

fn decode(payload: &[u8]) -> News {
    payload.try_into().map_or(News::Look, |name| News::Taken(Name::from_be_bytes(name)))
}

async fn next(subscriber: &mut Subscriber) -> Option<async_nats::Message> {
    poll_fn(|cx| Pin::new(&mut *subscriber).poll_next(cx)).await
}

/// Answers this node's requests to itself.
async fn answer(client: Client, mut echo: Subscriber) {
    while let Some(message) = next(&mut echo).await {
        if let Some(reply) = message.reply {
            let _ = client.publish(reply, "".into()).await;
        }
    }
}

async fn publish(client: Client, mut told: mpsc::Receiver<(Name, News)>) {
    while let Some((name, news)) = told.recv().await {
        let payload = match news {
            News::Look => Vec::new(),
            News::Taken(by) => by.to_be_bytes().to_vec(),
        };
        if client.publish(subject(name), payload.into()).await.is_err() {
            return;
        }
    }
}
