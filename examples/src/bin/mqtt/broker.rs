//! Who is there, what is retained, and the way of a message from one client to the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use framewright::{Close, Peer};

use crate::message::Message;
use crate::protocol::{ConnectCode, Packet, QoS};
use crate::session::Session;
use crate::topic;

/// How many sessions of clients that are not there are kept; the one left first goes first.
const ABSENT: usize = 250;

/// How many messages are retained, and how many bytes of them.
const RETAINED: usize = 10_000;
const RETAINED_BYTES: usize = 64 * 1024 * 1024;

/// What all connections share. It is locked for short whiles only, and never while anything is waited for.
#[derive(Default)]
pub struct Broker {
    shared: Mutex<Shared>,
}

#[derive(Default)]
struct Shared {
    /// By the identifiers of their clients.
    sessions: HashMap<String, Session>,
    /// By topic.
    retained: HashMap<String, Retained>,
    retained_bytes: usize,
    /// The number of the newest connection.
    connections: u64,
}

/// A message that whoever asks for it later gets too.
#[derive(Clone)]
pub struct Retained {
    pub message: Arc<Message>,
    pub qos: QoS,
}

/// Which client a connection is of. Another connection may have taken its place.
pub struct Client {
    pub id: String,
    pub connection: u64,
}

impl Broker {
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes `peer` the connection of the client `id`, whose old one is closed, and tells it so.
    /// Without an `id` the client gets one.
    pub fn connect(&self, id: String, clean: bool, peer: &Peer<Packet>) -> Result<Client, Close> {
        let mut shared = self.lock();
        shared.connections += 1;
        let connection = shared.connections;
        let id = if id.is_empty() { shared.new_id() } else { id };
        let session_present = !clean && shared.sessions.get(&id).is_some_and(|old| !old.clean);
        // Whatever else is sent comes behind this.
        peer.try_send(Packet::ConnAck { session_present, code: ConnectCode::Accepted })?;
        let old = shared.sessions.remove(&id);
        if let Some(peer) = old.as_ref().and_then(|old| old.peer.as_ref()) {
            peer.close();
        }
        let mut session = old.filter(|_| session_present).unwrap_or_else(|| Session::new(clean));
        session.resume(connection, peer.clone());
        shared.sessions.insert(id.clone(), session);
        Ok(Client { id, connection })
    }

    /// The client's connection has ended.
    pub fn disconnect(&self, client: &Client) {
        let mut shared = self.lock();
        let Some(session) = shared.session(client) else { return };
        session.peer = None;
        if session.missed > 0 {
            tracing::warn!("{} took too little and has missed {} messages", client.id, session.missed);
            session.missed = 0;
        }
        if session.clean {
            shared.sessions.remove(&client.id);
        }
        shared.forget_absent();
    }

    /// Does something with the session of a client.
    ///
    /// # Errors
    /// If another connection has taken its place.
    pub fn with<T>(&self, client: &Client, act: impl FnOnce(&mut Session) -> T) -> Result<T, Close> {
        self.lock().session(client).map(act).ok_or_else(Close::new)
    }

    /// Sends a message to everyone who wants it, and keeps it if it is to be retained.
    pub fn publish(&self, message: Message, qos: QoS, retain: bool) {
        let message = Arc::new(message);
        let mut shared = self.lock();
        for session in shared.sessions.values_mut() {
            if let Some(wanted) = session.wants(&message.topic) {
                session.deliver(&message, qos.min(wanted), false);
            }
        }
        if retain {
            shared.retain(Retained { message, qos });
        }
    }

    /// The retained messages that `filter` chooses.
    pub fn retained(&self, filter: &str) -> Vec<Retained> {
        let shared = self.lock();
        let chosen = shared.retained.iter().filter(|(name, _)| topic::matches(filter, name));
        chosen.map(|(_, retained)| retained.clone()).collect()
    }
}

impl Shared {
    fn session(&mut self, client: &Client) -> Option<&mut Session> {
        let session = self.sessions.get_mut(&client.id)?;
        (session.connection == client.connection && session.peer.is_some()).then_some(session)
    }

    /// An identifier that no client has.
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

    /// An empty message only takes away the one that was retained.
    fn retain(&mut self, new: Retained) {
        let size = new.message.size();
        let old = self.retained.remove(&new.message.topic);
        self.retained_bytes -= old.map_or(0, |old| old.message.size());
        if new.message.payload.is_empty() {
            return;
        }
        if self.retained.len() >= RETAINED || self.retained_bytes + size > RETAINED_BYTES {
            return tracing::warn!("not retained, for want of room: a message about {:?}", new.message.topic);
        }
        self.retained_bytes += size;
        self.retained.insert(new.message.topic.clone(), new);
    }

    /// Keeps the sessions of absent clients to a number.
    fn forget_absent(&mut self) {
        let absent = self.sessions.iter().filter(|(_, session)| session.peer.is_none());
        if absent.clone().count() <= ABSENT {
            return;
        }
        let first = absent.min_by_key(|(_, session)| session.connection).map(|(id, _)| id.clone());
        if let Some(first) = first {
            self.sessions.remove(&first);
        }
    }
}
