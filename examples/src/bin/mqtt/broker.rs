//! The broker: sessions, retained messages, and the delivery of messages between clients.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use framewright::{Close, Peer};
use framewright_examples::users::Users;
use framewright_examples::{Budget, Network, Turns};
use tokio::task::coop::consume_budget;

use crate::message::Message;
use crate::protocol::{ConnectCode, Filter, Packet, QoS, SubscribeCode, Subscription};
use crate::retained::{Retained, Store};
use crate::session::Session;
use crate::tree::Tree;

/// The maximum number of sessions of disconnected clients. If there are more, the oldest session of
/// the owner with the most such sessions is dropped.
const ABSENT: usize = 250;

/// The maximum total size of unacknowledged messages, subscriptions, and topics whose retained messages
/// wait: of all sessions, and of the sessions of one owner.
const HELD: [usize; 2] = [256 * 1024 * 1024, 64 * 1024 * 1024];

/// How many steps of a search count as one operation. A task does a number of operations before
/// others run.
const STEPS: usize = 100;

/// The state that all connections share. It is locked only for short, synchronous operations.
pub struct Broker {
    shared: Arc<Mutex<Shared>>,
    budget: Budget<Owner>,
    /// The clients that publish retained messages, by topic.
    retaining: Turns<Arc<str>>,
    /// The clients whose messages are recorded: they are retained or have an identifier.
    recording: Turns<Owner>,
    /// The users, or `None` if anyone may connect.
    pub users: Option<Users>,
}

#[derive(Default)]
pub struct Shared {
    /// The sessions by client identifier.
    pub sessions: HashMap<String, Session>,
    /// The subscribers of each topic filter.
    subscriptions: Tree<Subscribers>,
    pub retained: Store,
    /// The number of connections so far.
    connections: u64,
}

/// The subscribers of a topic filter, by client identifier.
type Subscribers = HashMap<String, Subscriber>;

#[derive(Clone)]
struct Subscriber {
    qos: QoS,
    /// The subscription, which the session of the client owns.
    subscription: Weak<()>,
}

/// The owner of sessions and retained messages. Limits per owner prevent one owner from using the
/// memory of all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    User(String),
    Network(Network),
}

/// A client and its connection. Another connection with the same client id may have replaced it.
pub struct Client {
    pub id: String,
    pub connection: u64,
    pub owner: Owner,
}

impl Broker {
    pub fn new(users: Option<Users>) -> Self {
        let [all, each] = HELD;
        Self {
            shared: Arc::default(),
            budget: Budget::new(all, each),
            retaining: Turns::default(),
            recording: Turns::default(),
            users,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }

    /// Makes `peer` the connection of the client `id`, and sends the acknowledgement. Closes an
    /// older connection of this client. If `id` is empty, the client gets a new id. Returns `None`
    /// if the client belongs to another user.
    pub fn connect(
        &self,
        id: String,
        clean: bool,
        owner: Owner,
        peer: &Peer<Packet>,
    ) -> Result<Option<Client>, Close> {
        let mut shared = self.lock();
        let id = if id.is_empty() { shared.new_id() } else { id };
        let is_anothers = |old: &Session| old.owner != owner && self.users.is_some();
        if shared.sessions.get(&id).is_some_and(is_anothers) {
            return Ok(None);
        }
        shared.connections += 1;
        let connection = shared.connections;
        let session_present = !clean && shared.sessions.get(&id).is_some_and(|old| !old.clean);
        // The acknowledgement must be the first packet on the connection.
        peer.try_send(Packet::ConnAck { session_present, code: ConnectCode::Accepted })?;
        if let Some(peer) = shared.sessions.get(&id).and_then(|old| old.peer.as_ref()) {
            peer.close();
        }
        if !session_present {
            shared.forget(&id);
        }
        let new = || Session::new(&id, clean, owner.clone(), &self.budget, Arc::downgrade(&self.shared));
        let Shared { sessions, retained, .. } = &mut *shared;
        sessions.entry(id.clone()).or_insert_with(new).resume(connection, peer.clone(), retained);
        Ok(Some(Client { id, connection, owner }))
    }

    /// Removes the connection from the client's session. Drops the session if it is a clean
    /// session.
    pub fn disconnect(&self, client: &Client) {
        let mut shared = self.lock();
        let Some(session) = shared.session(client) else { return };
        session.peer = None;
        if session.missed > 0 {
            let id = client.id.escape_debug();
            tracing::warn!("{id} reads too slowly and has missed {} messages", session.missed);
            session.missed = 0;
        }
        if session.clean {
            shared.forget(&client.id);
        }
        shared.forget_absent();
    }

    /// Calls a function with the session of a client, and the retained messages.
    ///
    /// # Errors
    /// Returns an error if another connection has replaced this client's connection.
    pub fn with<T>(&self, client: &Client, act: impl FnOnce(&mut Session, &Store) -> T) -> Result<T, Close> {
        let Shared { sessions, retained, .. } = &mut *self.lock();
        let session = sessions.get_mut(&client.id).filter(|session| session.is_of(client));
        session.map(|session| act(session, retained)).ok_or_else(Close::new)
    }

    /// Subscribes a client, and adds the topics whose retained messages are to be sent to it. Returns the
    /// result for each filter.
    ///
    /// # Errors
    /// Returns an error if another connection has replaced this client's connection.
    pub async fn subscribe(
        &self,
        client: &Client,
        asked: &[Subscription],
    ) -> Result<Vec<SubscribeCode>, Close> {
        // Of a filter that is repeated, only the last one counts, and there is only one search.
        let last: HashMap<_, usize> = asked.iter().map(|asked| &asked.filter.0).zip(0..).collect();
        let mut failed = HashSet::new();
        for (at, Subscription { filter: Filter(filter), qos, .. }) in asked.iter().enumerate() {
            if last.get(filter) == Some(&at) && !self.subscribe_to(client, filter, granted(*qos).0).await? {
                failed.insert(filter);
            }
        }
        let code = |asked: &Subscription| match failed.contains(&asked.filter.0) {
            true => SubscribeCode::Failure,
            false => granted(asked.qos).1,
        };
        Ok(asked.iter().map(code).collect())
    }

    /// Subscribes a client to a filter. Returns `false` if there is no room for the subscription or its
    /// topics. Then a new subscription is removed, and one that the client had before stays, with this
    /// quality of service.
    async fn subscribe_to(&self, client: &Client, filter: &str, qos: QoS) -> Result<bool, Close> {
        let added = self.lock().subscribe(client, filter, qos)?;
        let Some((subscription, is_new)) = added else { return Ok(false) };
        let topics = self.retained(filter).await;
        let mut shared = self.lock();
        let session = shared.session(client).ok_or_else(Close::new)?;
        let added = session.add_topics(topics, &subscription, qos);
        if !added && is_new {
            shared.unsubscribe(&client.id, filter);
        }
        Ok(added)
    }

    /// Returns the topics that match `filter` and have a retained message.
    async fn retained(&self, filter: &str) -> Vec<Arc<str>> {
        let messages = self.lock().retained.messages.clone();
        let mut chosen = Vec::new();
        for (step, retained) in messages.chosen(filter).enumerate() {
            chosen.extend(retained.map(|retained| Arc::clone(&retained.message.topic)));
            pause(step).await;
        }
        chosen
    }

    /// Removes subscriptions of a client.
    ///
    /// # Errors
    /// Returns an error if another connection has replaced this client's connection.
    pub fn unsubscribe<'f>(
        &self,
        client: &Client,
        filters: impl Iterator<Item = &'f str>,
    ) -> Result<(), Close> {
        let mut shared = self.lock();
        shared.session(client).ok_or_else(Close::new)?;
        for filter in filters {
            shared.unsubscribe(&client.id, filter);
        }
        Ok(())
    }

    /// Sends a message to all subscribers. Stores it if `retain` is set. `once` is the identifier of a
    /// QoS 2 message, which is not published again before the client releases it.
    ///
    /// # Errors
    /// With an identifier, returns an error if another connection has replaced this client's
    /// connection, or too many identifiers are unreleased. Then the message is not stored.
    ///
    /// # Cancel safety
    /// If cancelled, either nothing is recorded and the message is not sent, or it is still sent in the
    /// background.
    pub async fn publish(
        &self,
        client: &Client,
        message: Message,
        qos: QoS,
        retain: bool,
        once: Option<NonZeroU16>,
    ) -> Result<(), Close> {
        // A message that is recorded is sent even if the connection breaks. An owner has one such message
        // at a time, so that lost connections do not leave more and more searches behind, and others wait
        // for only one of its messages to the same topic.
        let in_owner = match retain || once.is_some() {
            true => Some(self.recording.wait(client.owner.clone()).await),
            false => None,
        };
        // The retained message must be the one that the subscribers receive last.
        let in_topic = match retain {
            true => Some(self.retaining.wait(Arc::clone(&message.topic)).await),
            false => None,
        };
        let message = Arc::new(message);
        let Some(subscriptions) = self.record(client, &message, qos, retain, once)? else { return Ok(()) };
        let sending = send(Arc::clone(&self.shared), subscriptions, message, qos, retain);
        let Some(in_owner) = in_owner else {
            sending.await;
            return Ok(());
        };
        let sent = tokio::spawn(async move {
            let _turns = (in_owner, in_topic);
            sending.await;
        });
        sent.await.map_err(|error| error.to_string().into())
    }

    /// Records the identifier of a message, and retains it. Returns the present subscriptions. Returns
    /// `None` if the message was received before.
    fn record(
        &self,
        client: &Client,
        message: &Arc<Message>,
        qos: QoS,
        retain: bool,
        once: Option<NonZeroU16>,
    ) -> Result<Option<Tree<Subscribers>>, Close> {
        let mut shared = self.lock();
        if let Some(id) = once {
            if !shared.session(client).ok_or_else(Close::new)?.received(id)? {
                return Ok(None);
            }
        }
        if retain {
            let (message, owner) = (Arc::clone(message), client.owner.clone());
            shared.retained.put(Retained { message, qos, owner });
        }
        // A client that subscribes later receives the retained message.
        Ok(Some(shared.subscriptions.clone()))
    }
}

pub fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the quality of service that a client gets if it asks for `qos`, and the code that says so.
fn granted(qos: QoS) -> (QoS, SubscribeCode) {
    match qos {
        QoS::AtMostOnce => (QoS::AtMostOnce, SubscribeCode::AtMostOnce),
        QoS::AtLeastOnce | QoS::ExactlyOnce => (QoS::AtLeastOnce, SubscribeCode::AtLeastOnce),
    }
}

/// Searches the subscribers of a message, and sends it to them.
async fn send(
    shared: Arc<Mutex<Shared>>,
    subscriptions: Tree<Subscribers>,
    message: Arc<Message>,
    qos: QoS,
    retain: bool,
) {
    let mut found: HashMap<&str, Vec<&Subscriber>> = HashMap::new();
    for (step, subscribers) in subscriptions.choosing(&message.topic).enumerate() {
        for (id, subscriber) in subscribers.into_iter().flatten() {
            found.entry(id).or_default().push(subscriber);
        }
        pause(step).await;
    }
    let mut shared = lock(&shared);
    for (id, subscribers) in found {
        // The client may have unsubscribed during the search, or may have another session.
        let subscribed = subscribers.iter().filter(|subscriber| subscriber.subscription.strong_count() > 0);
        let wanted = subscribed.map(|subscriber| subscriber.qos).max();
        if let (Some(wanted), Some(session)) = (wanted, shared.sessions.get_mut(id)) {
            session.deliver(&message, qos.min(wanted), retain);
        }
    }
}

/// Lets other tasks run now and then during long or many searches.
async fn pause(step: usize) {
    if step % STEPS == 0 {
        consume_budget().await;
    }
}

impl Shared {
    fn session(&mut self, client: &Client) -> Option<&mut Session> {
        self.sessions.get_mut(&client.id).filter(|session| session.is_of(client))
    }

    /// Returns a client id that is not in use.
    fn new_id(&self) -> String {
        let mut number = self.connections;
        loop {
            let id = format!("anonymous-{number}");
            if !self.sessions.contains_key(&id) {
                return id;
            }
            number = number.wrapping_add(1);
        }
    }

    /// Adds a subscription, or changes its quality of service. Returns what [`Session::subscribe`] does.
    fn subscribe(
        &mut self,
        client: &Client,
        filter: &str,
        qos: QoS,
    ) -> Result<Option<(Weak<()>, bool)>, Close> {
        let added = self.session(client).ok_or_else(Close::new)?.subscribe(filter);
        if let Some((subscription, _)) = &added {
            let subscriber = Subscriber { qos, subscription: Weak::clone(subscription) };
            let id = client.id.clone();
            self.subscriptions.change(filter, |to| to.get_or_insert_default().insert(id, subscriber));
        }
        Ok(added)
    }

    fn unsubscribe(&mut self, id: &str, filter: &str) {
        let known = self.sessions.get_mut(id).is_some_and(|session| session.unsubscribe(filter));
        if known {
            remove_subscriber(&mut self.subscriptions, id, filter);
        }
    }

    /// Drops the session of a client, if there is one.
    fn forget(&mut self, id: &str) {
        let Some(mut session) = self.sessions.remove(id) else { return };
        for filter in session.take_filters() {
            remove_subscriber(&mut self.subscriptions, id, &filter);
        }
    }

    /// Drops a session of a disconnected client if there are more than `ABSENT`.
    fn forget_absent(&mut self) {
        let absent = self.sessions.iter().filter(|(_, session)| session.peer.is_none());
        let mut owners: HashMap<&Owner, usize> = HashMap::new();
        absent.clone().for_each(|(_, session)| *owners.entry(&session.owner).or_default() += 1);
        if owners.values().sum::<usize>() <= ABSENT {
            return;
        }
        let most = owners.into_iter().max_by_key(|(_, count)| *count).map(|(owner, _)| owner);
        let theirs = absent.filter(|(_, session)| Some(&session.owner) == most);
        let first = theirs.min_by_key(|(_, session)| session.connection).map(|(id, _)| id.clone());
        if let Some(first) = first {
            self.forget(&first);
        }
    }
}

fn remove_subscriber(subscriptions: &mut Tree<Subscribers>, id: &str, filter: &str) {
    subscriptions.change(filter, |subscribers| {
        if let Some(left) = subscribers {
            left.remove(id);
            if left.is_empty() {
                *subscribers = None;
            }
        }
    });
}

#[cfg(test)]
mod tests;
