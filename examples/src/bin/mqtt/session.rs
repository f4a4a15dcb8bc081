//! The session of a client, and the delivery of its messages.

use std::collections::{HashSet, VecDeque};
use std::num::NonZeroU16;
use std::sync::{Arc, Weak};

use framewright::Peer;
use framewright::net::TrySendError;

use crate::broker::{Client, Owner};
use crate::budget::Budget;
use crate::message::Message;
use crate::protocol::{Packet, QoS};
use crate::topic;

/// The maximum number of subscriptions of a client.
const SUBSCRIPTIONS: usize = 100;
const FILTER: usize = 1024;

/// The maximum number of unacknowledged messages.
const IN_FLIGHT: usize = 100;

/// The maximum number of messages that wait for a client.
const WAITING: usize = 10_000;
const HELD: usize = 4 * 1024 * 1024;

/// The maximum number of unreleased messages of a client.
const UNRELEASED: usize = 1000;

/// The session of a client. It exists as long as the connection, or longer if the client requests
/// that.
pub struct Session {
    /// The connection, while the client is connected.
    pub peer: Option<Peer<Packet>>,
    /// The number of the last connection.
    pub connection: u64,
    /// Whether the session ends with the connection.
    pub clean: bool,
    /// The owner.
    pub owner: Owner,
    /// The subscriptions of the client. Their quality of service is in the broker's tree.
    pub filters: HashSet<String>,
    /// Unacknowledged messages, oldest first.
    in_flight: VecDeque<(NonZeroU16, Waiting)>,
    waiting: VecDeque<Waiting>,
    /// The size of the messages in both queues in bytes, and the budget that this size is taken
    /// from.
    held: usize,
    budget: Budget,
    last_id: NonZeroU16,
    /// The ids of QoS 2 messages that the client has not released yet.
    unreleased: HashSet<NonZeroU16>,
    /// The number of messages that the client has missed.
    pub missed: usize,
}

/// A message to be delivered at least once.
struct Waiting {
    message: Kept,
    retained: bool,
    /// The identifier of the message, if it has been sent before.
    sent: Option<NonZeroU16>,
}

/// The content of a waiting message.
enum Kept {
    /// A message whose bytes count towards the session.
    Here(Arc<Message>),
    /// A retained message. If another message replaces it, the client receives the new message
    /// instead.
    Retained(Weak<Message>),
}

impl Session {
    pub fn new(clean: bool, owner: Owner, budget: Budget) -> Self {
        Self {
            peer: None,
            connection: 0,
            clean,
            owner,
            filters: HashSet::new(),
            in_flight: VecDeque::new(),
            waiting: VecDeque::new(),
            held: 0,
            budget,
            last_id: NonZeroU16::MAX,
            unreleased: HashSet::new(),
            missed: 0,
        }
    }

    /// Returns `true` if the session still belongs to the connection of `client`.
    pub fn is_of(&self, client: &Client) -> bool {
        self.connection == client.connection && self.peer.is_some()
    }

    /// Resumes the session on a new connection, and sends unacknowledged messages again.
    pub fn resume(&mut self, connection: u64, peer: Peer<Packet>) {
        (self.connection, self.peer) = (connection, Some(peer));
        for (id, waiting) in std::mem::take(&mut self.in_flight).into_iter().rev() {
            self.waiting.push_front(Waiting { sent: Some(id), ..waiting });
        }
        self.send_waiting();
    }

    /// Returns `true` if the client may add this subscription.
    pub fn may_subscribe(&self, filter: &str) -> bool {
        let room = self.filters.len() < SUBSCRIPTIONS || self.filters.contains(filter);
        room && filter.len() <= FILTER && topic::is_shallow(filter)
    }

    /// Sends a message. A message to be delivered at least once waits if necessary; others are
    /// dropped if the client reads too slowly.
    pub fn deliver(&mut self, message: &Arc<Message>, qos: QoS, retained: bool) {
        if qos == QoS::AtMostOnce {
            let lost = |peer: &Peer<Packet>| peer.try_send(message.packet(None, retained, false)).is_err();
            if self.peer.as_ref().is_some_and(lost) {
                self.missed += 1;
            }
        } else if self.waiting.len() < WAITING && (retained || self.hold(message.size())) {
            let message = match retained {
                true => Kept::Retained(Arc::downgrade(message)),
                false => Kept::Here(Arc::clone(message)),
            };
            self.waiting.push_back(Waiting { message, retained, sent: None });
            self.send_waiting();
        } else {
            self.missed += 1;
        }
    }

    /// Sends waiting messages, as far as the limits of unacknowledged messages and of memory allow.
    pub fn send_waiting(&mut self) {
        let Some(peer) = self.peer.clone() else { return };
        while self.in_flight.len() < IN_FLIGHT {
            let Some(next) = self.waiting.pop_front() else { break };
            let message = match &next.message {
                Kept::Here(message) => Arc::clone(message),
                Kept::Retained(message) => match message.upgrade() {
                    Some(message) if self.hold(message.size()) => message,
                    Some(_) => return self.waiting.push_front(next),
                    None => continue,
                },
            };
            let id = next.sent.unwrap_or_else(|| self.unused_id());
            let packet = message.packet(Some(id), next.retained, next.sent.is_some());
            let next = Waiting { message: Kept::Here(message), ..next };
            if let Err(TrySendError::Full(_) | TrySendError::Closed(_)) = peer.try_send(packet) {
                return self.waiting.push_front(next);
            }
            self.last_id = id;
            self.in_flight.push_back((id, next));
        }
    }

    /// Returns an unused packet identifier.
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

    /// Handles an acknowledgement, and sends waiting messages that the limits now allow.
    pub fn acknowledged(&mut self, id: NonZeroU16) {
        if let Some(at) = self.in_flight.iter().position(|(sent, _)| *sent == id) {
            if let Some((_, Waiting { message: Kept::Here(arrived), .. })) = self.in_flight.remove(at) {
                self.held -= arrived.size();
                self.budget.give_back(arrived.size());
            }
        }
        self.send_waiting();
    }

    /// Reserves `bytes` for a message until it is acknowledged. Returns `true` if the session had
    /// room for them.
    fn hold(&mut self, bytes: usize) -> bool {
        let room = self.held + bytes <= HELD && self.budget.take(bytes);
        if room {
            self.held += bytes;
        }
        room
    }

    /// Records the id of a QoS 2 message. Returns `false` if the message is a duplicate.
    ///
    /// # Errors
    /// If too many messages are unreleased.
    pub fn received(&mut self, id: NonZeroU16) -> Result<bool, &'static str> {
        let new = self.unreleased.insert(id);
        if self.unreleased.len() > UNRELEASED { Err("too many unreleased messages") } else { Ok(new) }
    }

    pub fn released(&mut self, id: NonZeroU16) {
        self.unreleased.remove(&id);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.budget.give_back(self.held);
    }
}
