//! A bus over NATS.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use async_nats::client::RequestErrorKind;
use async_nats::{Client, Message, Subscriber};
use bytes::Bytes;
use futures_core::Stream;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::Delivery;
use super::bus::{Bus, BusFuture, Listener, Listening};
use crate::error::Error;

/// The time within which a NATS server must confirm a subscription.
const PATIENCE: Duration = Duration::from_secs(5);

/// A [`Bus`] between machines over core [NATS](https://nats.io), with one subject for each key and
/// each group. Frames are not stored.
///
/// ```no_run
/// use framewright::net::{NatsBus, SharedHub};
/// # use framewright::prelude::*;
/// # #[derive(Frame)]
/// # struct Note { to: u8 }
///
/// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// let client = async_nats::connect("nats://127.0.0.1").await?;
/// let hub: SharedHub<u32, Note> = SharedHub::over(NatsBus::new(client, "notes"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct NatsBus {
    client: Client,
    prefix: String,
}

impl NatsBus {
    /// Creates a bus over a client's connection. The subjects of the bus begin with `prefix` and a
    /// dot. The client must receive its own messages: do not connect it with `no_echo`.
    pub fn new(client: Client, prefix: impl Into<String>) -> Self {
        Self { client, prefix: prefix.into() }
    }

    fn subject(&self, subject: &str) -> String {
        format!("{}.{subject}", self.prefix)
    }

    /// Waits until the server has handled all earlier messages of this client. The server handles
    /// messages in order.
    async fn round_trip(&self) -> Result<(), Error> {
        let inbox = self.client.new_inbox();
        let mut echo = self.client.subscribe(inbox.clone()).await.map_err(Error::other)?;
        self.client.publish(inbox, Bytes::new()).await.map_err(Error::other)?;
        match timeout(PATIENCE, next(&mut echo)).await {
            Ok(Some(_)) => Ok(()),
            _ => Err(Error::other("NATS does not answer")),
        }
    }
}

impl Bus for NatsBus {
    fn listen<'a>(&'a self, subject: &'a str, listener: Listener) -> BusFuture<'a, Listening> {
        Box::pin(async move {
            let frames = self.client.subscribe(self.subject(subject)).await.map_err(Error::other)?;
            let (listens, ends) = oneshot::channel::<()>();
            tokio::spawn(listen(self.client.clone(), frames, listener, ends));
            let listening = Listening::new(move || drop(listens));
            self.round_trip().await?;
            Ok(listening)
        })
    }

    fn publish<'a>(&'a self, subject: &'a str, frame: Bytes) -> BusFuture<'a, ()> {
        Box::pin(async move { self.client.publish(self.subject(subject), frame).await.map_err(Error::other) })
    }

    fn ask<'a>(&'a self, subject: &'a str, frame: Bytes) -> BusFuture<'a, Delivery> {
        Box::pin(async move {
            match self.client.request(self.subject(subject), frame).await {
                Ok(answer) => delivery(&answer.payload),
                Err(error) if error.kind() == RequestErrorKind::NoResponders => Ok(Delivery::Offline),
                Err(error) => Err(Error::other(error)),
            }
        })
    }
}

/// Receives frames until the subscription ends. The server may send more frames before it knows of
/// the end. They are answered with `Offline`, so that their senders do not wait for an answer that
/// never comes.
async fn listen(client: Client, mut frames: Subscriber, listener: Listener, mut ends: oneshot::Receiver<()>) {
    let answer = async |message: Message, delivery: Delivery| {
        if let Some(reply) = message.reply {
            // If this fails, the sender gets no answer.
            let _ = client.publish(reply, Bytes::copy_from_slice(&[number(delivery)])).await;
        }
    };
    loop {
        tokio::select! {
            message = next(&mut frames) => match message {
                Some(message) => {
                    let delivery = listener(&message.payload);
                    answer(message, delivery).await;
                }
                None => return,
            },
            _ = &mut ends => break,
        }
    }
    if frames.drain().await.is_ok() {
        while let Some(message) = next(&mut frames).await {
            answer(message, Delivery::Offline).await;
        }
    }
}

impl fmt::Debug for NatsBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NatsBus").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Encodes a listener's result as the byte that answers a message.
fn number(delivery: Delivery) -> u8 {
    match delivery {
        Delivery::Delivered => 0,
        Delivery::Full => 1,
        Delivery::Offline => 2,
    }
}

fn delivery(answer: &[u8]) -> Result<Delivery, Error> {
    match answer {
        [0] => Ok(Delivery::Delivered),
        [1] => Ok(Delivery::Full),
        [2] => Ok(Delivery::Offline),
        _ => Err(Error::other("an unexpected answer on the bus")),
    }
}

async fn next(subscriber: &mut Subscriber) -> Option<Message> {
    poll_fn(|cx| Pin::new(&mut *subscriber).poll_next(cx)).await
}
