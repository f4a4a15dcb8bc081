//! What the broker keeps of one client, and how messages get to it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::num::NonZeroU16;
use std::sync::Arc;

use framewright::Peer;
use framewright::net::TrySendError;

use crate::message::Message;
use crate::protocol::{Packet, QoS, SubscribeCode};
use crate::topic;

/// How many filters a client may subscribe to, and how long each may be.
const SUBSCRIPTIONS: usize = 100;
const FILTER: usize = 1024;

/// How many messages may be sent at least once before the first is acknowledged.
const IN_FLIGHT: usize = 100;

/// How many messages may wait for a client, and how many bytes of them.
const WAITING: usize = 10_000;
const WAITING_BYTES: usize = 4 * 1024 * 1024;

/// How many messages a client may be about to release.
const UNRELEASED: usize = 1000;

/// What is kept of a client: while it is connected, and longer if it has asked for that.
pub struct Session {
    /// The connection, while there is one.
    pub peer: Option<Peer<Packet>>,
    /// The number of the last connection.
    pub connection: u64,
    /// Whether the session ends with the connection.
    pub clean: bool,
    subscriptions: HashMap<String, QoS>,
    /// Messages that were sent at least once and are not acknowledged, the oldest first.
    in_flight: VecDeque<(NonZeroU16, Waiting)>,
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    last_id: NonZeroU16,
    /// What the client has sent exactly once and not released.
    unreleased: HashSet<NonZeroU16>,
    /// How many messages the client has missed.
    pub missed: usize,
}

/// A message to be sent at least once.
struct Waiting {
    message: Arc<Message>,
    retained: bool,
    /// Its identifier, if it has been sent before.
    sent: Option<NonZeroU16>,
}

impl Session {
    pub fn new(clean: bool) -> Self {
        Self {
            peer: None,
            connection: 0,
            clean,
            subscriptions: HashMap::new(),
            in_flight: VecDeque::new(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            last_id: NonZeroU16::MAX,
            unreleased: HashSet::new(),
            missed: 0,
        }
    }

    /// A connection for the session, on which is sent again what was not acknowledged on the last one.
    pub fn resume(&mut self, connection: u64, peer: Peer<Packet>) {
        (self.connection, self.peer) = (connection, Some(peer));
        for (id, waiting) in std::mem::take(&mut self.in_flight).into_iter().rev() {
            self.waiting_bytes += waiting.message.size();
            self.waiting.push_front(Waiting { sent: Some(id), ..waiting });
        }
        self.send_waiting();
    }

    pub fn subscribe(&mut self, filter: &str, qos: QoS) -> SubscribeCode {
        let known = self.subscriptions.contains_key(filter);
        if filter.len() > FILTER || (self.subscriptions.len() >= SUBSCRIPTIONS && !known) {
            return SubscribeCode::Failure;
        }
        match qos {
            QoS::AtMostOnce => {
                self.subscriptions.insert(filter.to_owned(), QoS::AtMostOnce);
                SubscribeCode::AtMostOnce
            }
            QoS::AtLeastOnce | QoS::ExactlyOnce => {
                self.subscriptions.insert(filter.to_owned(), QoS::AtLeastOnce);
                SubscribeCode::AtLeastOnce
            }
        }
    }

    pub fn unsubscribe(&mut self, filter: &str) {
        self.subscriptions.remove(filter);
    }

    /// The best that messages about this topic are sent with; `None` if they are not asked for.
    pub fn wants(&self, topic: &str) -> Option<QoS> {
        let chosen = self.subscriptions.iter().filter(|(filter, _)| topic::matches(filter, topic));
        chosen.map(|(_, qos)| *qos).max()
    }

    /// Sends a message. One that is to arrive at least once waits where it must, the others are lost to
    /// a client that takes less than it is sent.
    pub fn deliver(&mut self, message: &Arc<Message>, qos: QoS, retained: bool) {
        if qos == QoS::AtMostOnce {
            let lost = |peer: &Peer<Packet>| peer.try_send(message.packet(None, retained, false)).is_err();
            if self.peer.as_ref().is_some_and(lost) {
                self.missed += 1;
            }
        } else if self.waiting.len() < WAITING && self.waiting_bytes + message.size() <= WAITING_BYTES {
            self.waiting_bytes += message.size();
            self.waiting.push_back(Waiting { message: Arc::clone(message), retained, sent: None });
            self.send_waiting();
        } else {
            self.missed += 1;
        }
    }

    /// Sends what waits, as far as the client takes it.
    pub fn send_waiting(&mut self) {
        let Some(peer) = self.peer.clone() else { return };
        while self.in_flight.len() < IN_FLIGHT {
            let Some(next) = self.waiting.front() else { break };
            let id = next.sent.unwrap_or_else(|| self.unused_id());
            let packet = next.message.packet(Some(id), next.retained, next.sent.is_some());
            if let Err(TrySendError::Full(_) | TrySendError::Closed(_)) = peer.try_send(packet) {
                break;
            }
            let Some(sent) = self.waiting.pop_front() else { break };
            self.waiting_bytes -= sent.message.size();
            self.last_id = id;
            self.in_flight.push_back((id, sent));
        }
    }

    /// An identifier of no message that is on its way.
    fn unused_id(&self) -> NonZeroU16 {
        let mut id = self.last_id;
        loop {
            id = id.checked_add(1).unwrap_or(NonZeroU16::MIN);
            let resent = self.waiting.iter().map_while(|waiting| waiting.sent);
            if !self.in_flight.iter().map(|(used, _)| *used).chain(resent).any(|used| used == id) {
                return id;
            }
        }
    }

    /// The client has this message; others may follow.
    pub fn acknowledged(&mut self, id: NonZeroU16) {
        self.in_flight.retain(|(sent, _)| *sent != id);
        self.send_waiting();
    }

    /// Notes a message that was sent exactly once, and says whether it is new; an error if the client releases none.
    pub fn received(&mut self, id: NonZeroU16) -> Result<bool, &'static str> {
        let new = self.unreleased.insert(id);
        if self.unreleased.len() > UNRELEASED { Err("too many messages are not released") } else { Ok(new) }
    }

    pub fn released(&mut self, id: NonZeroU16) {
        self.unreleased.remove(&id);
    }
}
