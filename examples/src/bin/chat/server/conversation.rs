//! The conversation with a client on one connection.

use std::mem;
use std::sync::Arc;

use framewright::{Close, Decode, Encode};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::node::{AGAIN, NoEntry, Node};
use super::place::{Impossible, Outlet, Place};
use crate::hello::{HELLO, Hello, REFUSED, SERVER, TAKEN, Taken, Welcome, from_server};
use crate::protocol::{ChatMsg, ChatReply, Kind};
use crate::store::{Keep, Message, Name, Outcome, Take};

/// The maximum number of messages stored in one batch.
const BATCH: usize = 1024;
const BATCH_BYTES: usize = 256 * 1024;

pub struct Conversation<O: Outlet> {
    node: Arc<Node<O>>,
    out: O,
    place: Option<Arc<Place<O>>>,
    delivery: Option<JoinHandle<()>>,
    /// Frames that have been received and not yet answered, in order.
    batch: Vec<Item>,
    bytes: usize,
    /// All messages below this sequence number are acknowledged.
    taken: Option<u64>,
}

/// What happens to a frame when its batch is settled.
enum Item {
    /// This reply is sent.
    Answer(ChatReply),
    /// The message is stored, and a receipt with this sender is sent.
    Message(Message, Name),
}

impl<O: Outlet> Conversation<O> {
    pub fn new(node: Arc<Node<O>>, out: O) -> Self {
        Self { node, out, place: None, delivery: None, batch: Vec::new(), bytes: 0, taken: None }
    }

    /// Handles a frame. [`settle`](Self::settle) sends the answers.
    pub async fn frame(&mut self, msg: ChatMsg) -> Result<(), Close> {
        if self.place.is_none() {
            let (kind, receiver) = (msg.kind, msg.receiver);
            let hello = Hello::decode(&msg.body).ok().filter(|_| kind == HELLO && receiver == SERVER);
            self.enter(msg.sender, hello.as_ref()).await?;
            if hello.is_some() {
                return Ok(());
            }
        }
        self.take_in(msg)?;
        if self.batch.len() >= BATCH || self.bytes >= BATCH_BYTES {
            self.settle().await?;
        }
        Ok(())
    }

    /// Takes the name in the first frame for this connection.
    async fn enter(&mut self, name: Name, hello: Option<&Hello>) -> Result<(), Close> {
        if name == SERVER {
            return self.refuse("0 is the server").await;
        }
        let (place, stored_from, next_for) = match self.node.enter(name, hello, &self.out).await {
            Ok(entered) => entered,
            Err(NoEntry::Refused(why)) => return self.refuse(why).await,
            Err(NoEntry::Failed(error)) => return Err(error.into()),
        };
        tracing::info!("{name} is here");
        self.place = Some(Arc::clone(&place));
        if hello.is_some() {
            let welcome = Welcome { stored_from, next_for };
            self.out.send(&from_server(HELLO, welcome.to_vec()?)).await?;
        }
        self.delivery = Some(tokio::spawn(Arc::clone(&self.node).deliver(place)));
        Ok(())
    }

    /// Sends a refusal and closes the connection.
    async fn refuse(&self, why: &str) -> Result<(), Close> {
        self.out.send(&from_server(REFUSED, why)).await?;
        Err(Close::new())
    }

    fn take_in(&mut self, msg: ChatMsg) -> Result<(), Close> {
        let Some(place) = &self.place else { return Err(Close::new()) };
        let ChatMsg { sender, receiver, kind, body } = msg;
        if place.is_hello && receiver == SERVER {
            if kind == TAKEN {
                let below = Taken::decode(&body)?.below;
                place.takes(below).map_err(|impossible| match impossible {
                    Impossible::Back => "an acknowledgement goes back",
                    Impossible::Beyond => "an acknowledgement is beyond what was sent",
                })?;
                self.taken = Some(below);
                return Ok(());
            }
            if kind == HELLO {
                return Err("a second hello".into());
            }
        }
        if sender == SERVER {
            self.batch.push(Item::Answer(from_server(REFUSED, "0 is the server")));
            return Ok(());
        }
        self.bytes += body.len();
        // The receipt carries the sender. After a hello, the sender field of the message is ignored
        // and the client's own name is used, because the server numbers the messages of each name.
        let sender = if place.is_hello { place.name } else { sender };
        if receiver != SERVER && receiver != place.name {
            let message = Message { peer: receiver, kind: kind.into(), body: body.into() };
            self.batch.push(Item::Message(message, sender));
            return Ok(());
        }
        let receipt = ChatReply { sender, kind, body };
        if receiver == place.name && !place.is_hello {
            self.batch.push(Item::Answer(receipt.clone()));
        }
        self.batch.push(Item::Answer(receipt));
        Ok(())
    }

    /// Stores the messages of the batch, and then answers all its frames.
    pub async fn settle(&mut self) -> Result<(), Close> {
        let Some(place) = self.place.clone() else { return Ok(()) };
        let (batch, taken) = (mem::take(&mut self.batch), self.taken.take());
        self.bytes = 0;
        let messages = batch.iter().filter_map(|item| match item {
            Item::Message(message, _) => Some(message.clone()),
            Item::Answer(_) => None,
        });
        let (name, epoch, is_hello) = (place.name, place.epoch, place.is_hello);
        let keep = Keep { from: name, epoch, is_hello, messages: messages.collect() };
        // Both requests run concurrently, so that the store can use one commit for them.
        let keep = async {
            if keep.messages.is_empty() { Ok(Some(Vec::new())) } else { self.node.keeper.ask(keep).await }
        };
        let take = async {
            match taken {
                Some(below) => self.node.keeper.ask(Take { name, epoch, below }).await,
                None => Ok(Vec::new()),
            }
        };
        let (kept, senders) = tokio::try_join!(keep, take)?;
        // If another connection has taken over the name, this connection gets no more replies.
        let outcomes = kept.ok_or_else(Close::new)?;
        let away = self.spread(&place, &batch, &outcomes);
        let mut outcomes = outcomes.into_iter();
        for item in batch {
            let answer = match item {
                Item::Answer(answer) => answer,
                Item::Message(message, sender) => match outcomes.next() {
                    Some(Outcome::Full(why)) => from_server(REFUSED, why),
                    _ => ChatReply { sender, kind: message.kind.into(), body: message.body.into() },
                },
            };
            // If other connections have filled the out-buffer, this waits for room.
            self.out.send(&answer).await?;
        }
        for receiver in away {
            let notice = format!("{receiver} is away; what you write is kept");
            self.out.send(&from_server(Kind::Text, notice)).await?;
        }
        self.node.has_taken(name, senders);
        Ok(())
    }

    /// Notifies the receivers. Returns the receivers that are away, unless the sender was already
    /// told so.
    fn spread(&self, place: &Place<O>, batch: &[Item], outcomes: &[Outcome]) -> Vec<Name> {
        let receivers = batch.iter().filter_map(|item| match item {
            Item::Message(message, _) => Some(message.peer),
            Item::Answer(_) => None,
        });
        let (mut last, mut away) = (None, Vec::new());
        for (receiver, outcome) in receivers.zip(outcomes) {
            let Outcome::Kept(kept) = outcome else { continue };
            if last.replace(receiver) != Some(receiver) {
                self.node.has_news(receiver);
            }
            if kept.is_away && place.finds_away(receiver) {
                away.push(receiver);
            }
        }
        away
    }

    /// Returns `true` if the client understands refusals.
    pub fn takes_refusals(&self) -> bool {
        self.place.as_ref().is_some_and(|place| place.is_hello)
    }

    /// Releases the name after the connection has ended.
    pub async fn end(mut self) {
        if let Some(place) = self.place.take() {
            place.end();
            if let Some(delivery) = self.delivery.take() {
                // If the store answers in time, the last messages are recorded as delivered.
                let _ = timeout(AGAIN, delivery).await;
            }
            self.node.leave(&place);
            tracing::info!("{} is gone", place.name);
        }
    }
}
