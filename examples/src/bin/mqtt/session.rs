//! The session of a client, and the delivery of its messages.

use std::collections::{HashMap, HashSet, VecDeque};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex, Weak};

use framewright::Peer;
use framewright_examples::{Budget, Share};

use crate::broker::{Client, Owner, Shared, lock};
use crate::message::Message;
use crate::protocol::{Packet, QoS};
use crate::retained::{Retained, Store};
use crate::topic;
use crate::wanted::{TOPIC, Wanted};

/// The maximum number of subscriptions of a client.
const SUBSCRIPTIONS: usize = 100;

/// The maximum number of messages that are sent and not yet acknowledged.
const IN_FLIGHT: usize = 100;

/// The maximum number of messages that wait to be sent to a client, and of topics whose retained
/// messages do.
const WAITING: usize = 10_000;
const HELD: usize = 4 * 1024 * 1024;

/// After this many bytes of retained messages, sent or without room, the client must read before others
/// are tried. They must not fill the out-buffer, or other messages would be dropped; and the search for
/// one that has room must not delay other clients.
const AT_A_TIME: usize = 64 * 1024;

/// How many bytes of a session do not count towards the budget. A few filters are accepted and small
/// messages are delivered even if other sessions have used it up.
const OWN: usize = 16 * 1024;

/// The approximate memory of one level of a filter in the broker's tree, without its name.
const LEVEL: usize = 200;

/// The maximum number of QoS 2 messages that a client has not released.
const UNRELEASED: usize = 1000;

/// The session of a client: its subscriptions and the messages for it. It ends with the connection
/// if it is clean, and is kept otherwise.
pub struct Session {
    id: String,
    /// The sessions of the broker, with this one.
    broker: Weak<Mutex<Shared>>,
    /// The connection, if the client is connected.
    pub peer: Option<Peer<Packet>>,
    /// The number of the session's last connection.
    pub connection: u64,
    /// Whether the session ends with the connection.
    pub clean: bool,
    pub owner: Owner,
    /// The subscriptions of the client, by filter. The broker's tree holds their quality of service.
    filters: HashMap<String, Arc<()>>,
    /// Messages that are sent and not yet acknowledged, oldest first.
    in_flight: VecDeque<(NonZeroU16, Waiting)>,
    waiting: VecDeque<Waiting>,
    /// The topics whose retained messages are still to be sent.
    wanted: Wanted,
    /// How many of them have not been tried since the last packet that may have made room.
    untried: usize,
    /// Whether messages wait until the client of this connection has read what was sent before.
    later: bool,
    /// The total size of the messages in `in_flight` and `waiting`.
    held: usize,
    /// The total size of the filters.
    filtering: usize,
    /// The part of the messages, filters and topics that counts towards the budget.
    share: Share<Owner>,
    last_id: NonZeroU16,
    /// The ids of QoS 2 messages that the client has not released yet.
    unreleased: HashSet<NonZeroU16>,
    /// How many messages the client has missed.
    pub missed: usize,
}

/// A message to be delivered at least once. Its size counts towards `held`.
struct Waiting {
    message: Arc<Message>,
    retained: bool,
    /// The packet identifier, if the message has been sent before.
    sent: Option<NonZeroU16>,
}

impl Session {
    pub fn new(
        id: &str,
        clean: bool,
        owner: Owner,
        budget: &Budget<Owner>,
        broker: Weak<Mutex<Shared>>,
    ) -> Self {
        Self {
            id: id.to_owned(),
            broker,
            peer: None,
            connection: 0,
            clean,
            share: budget.share(owner.clone()),
            owner,
            filters: HashMap::new(),
            in_flight: VecDeque::new(),
            waiting: VecDeque::new(),
            wanted: Wanted::default(),
            untried: 0,
            later: false,
            held: 0,
            filtering: 0,
            last_id: NonZeroU16::MAX,
            unreleased: HashSet::new(),
            missed: 0,
        }
    }

    /// Returns `true` if the session still belongs to this connection of the client.
    pub fn is_of(&self, client: &Client) -> bool {
        self.connection == client.connection && self.peer.is_some()
    }

    /// Continues the session on a new connection. Sends unacknowledged messages again.
    pub fn resume(&mut self, connection: u64, peer: Peer<Packet>, retained: &Store) {
        (self.connection, self.peer, self.later) = (connection, Some(peer), false);
        for (id, waiting) in std::mem::take(&mut self.in_flight).into_iter().rev() {
            self.waiting.push_front(Waiting { sent: Some(id), ..waiting });
        }
        self.send_all(retained);
    }

    /// Adds a filter. Returns a reference to the subscription, which exists until the client
    /// unsubscribes or the session ends, and whether it is new. Returns `None` if a limit is reached.
    pub fn subscribe(&mut self, filter: &str) -> Option<(Weak<()>, bool)> {
        if let Some(subscription) = self.filters.get(filter) {
            return Some((Arc::downgrade(subscription), false));
        }
        if self.filters.len() >= SUBSCRIPTIONS || !topic::is_small(filter) || !self.takes(size(filter)) {
            return None;
        }
        self.filtering += size(filter);
        Some((Arc::downgrade(self.filters.entry(filter.to_owned()).or_default()), true))
    }

    /// Removes a filter. Returns `false` if the client has not subscribed to it.
    pub fn unsubscribe(&mut self, filter: &str) -> bool {
        let removed = self.filters.remove(filter).is_some();
        if removed {
            self.filtering -= size(filter);
            self.takes(0);
        }
        removed
    }

    pub fn take_filters(&mut self) -> impl Iterator<Item = String> + use<> {
        std::mem::take(&mut self.filters).into_keys()
    }

    /// Sends a message to the client. If the client reads too slowly, a message with QoS 1 waits,
    /// and a message with QoS 0 is dropped. `retain` says whether it was to be retained.
    pub fn deliver(&mut self, message: &Arc<Message>, qos: QoS, retain: bool) {
        let delivered = if qos == QoS::AtMostOnce {
            let Some(peer) = &self.peer else { return };
            peer.try_send(message.packet(None, false, false)).is_ok()
        } else {
            self.waiting.len() < WAITING && self.hold(message.size())
        };
        if !delivered {
            self.missed += 1;
            return;
        }
        if retain {
            self.wanted.delivered(&message.topic);
            self.takes(0);
        }
        if qos != QoS::AtMostOnce {
            self.waiting.push_back(Waiting { message: Arc::clone(message), retained: false, sent: None });
            self.send_waiting();
        }
    }

    /// Adds the topics of a subscription, whose retained messages are to be sent. Returns `false` and adds
    /// none of them if a limit is reached.
    pub fn add_topics(&mut self, topics: Vec<Arc<str>>, subscription: &Weak<()>, qos: QoS) -> bool {
        let (missing, bytes) = self.wanted.missing(&topics, subscription);
        let room = self.wanted.len() + missing <= WAITING && self.takes(bytes);
        if room {
            self.wanted.reserve(missing);
            topics.into_iter().for_each(|topic| self.wanted.add(topic, subscription, qos));
            // Subscriptions that do not exist any more have given room back.
            self.takes(0);
        }
        room
    }

    /// Sends waiting messages and retained messages until a limit is reached.
    pub fn send_all(&mut self, retained: &Store) {
        self.untried = self.wanted.len();
        self.send_waiting();
        self.send_retained(retained);
    }

    fn send_waiting(&mut self) {
        let Some(peer) = self.peer.clone() else { return };
        while self.in_flight.len() < IN_FLIGHT {
            let Some(next) = self.waiting.pop_front() else { return };
            if let Err(next) = self.send(&peer, next) {
                return self.waiting.push_front(next);
            }
        }
    }

    /// Sends the retained messages of new subscriptions. They come last, because room is found for them
    /// only here. A message without room does not hold up the others.
    fn send_retained(&mut self, retained: &Store) {
        let Some(peer) = self.peer.clone() else { return };
        let mut bytes = 0;
        while self.untried > 0 && !self.later && self.waiting.is_empty() && self.in_flight.len() < IN_FLIGHT {
            let Some((topic, asked)) = self.wanted.first() else { return };
            let current = asked.and_then(|asked| Some((retained.get(&topic)?, asked)));
            bytes += current.map_or(TOPIC + topic.len(), |(current, _)| current.message.size());
            if current.is_none_or(|(current, asked)| self.send_current(&peer, current, asked)) {
                self.wanted.remove_first();
                self.takes(0);
            } else if self.later {
                // The client must read before this message is tried again.
                return;
            } else {
                self.wanted.postpone_first();
            }
            self.untried -= 1;
            if bytes >= AT_A_TIME {
                self.send_later(peer.clone());
            }
        }
    }

    /// Sends a retained message. Returns `false` if there is no room for it.
    fn send_current(&mut self, peer: &Peer<Packet>, current: &Retained, asked: QoS) -> bool {
        let Retained { message, qos, .. } = current;
        if asked.min(*qos) == QoS::AtMostOnce {
            return self.try_send(peer, message.packet(None, true, false));
        }
        let next = Waiting { message: Arc::clone(message), retained: true, sent: None };
        let held = self.hold(message.size());
        let sent = held && self.send(peer, next).is_ok();
        if held && !sent {
            self.release(message.size());
        }
        sent
    }

    /// Sends a message that is to be acknowledged. Returns it if that is not possible now.
    fn send(&mut self, peer: &Peer<Packet>, next: Waiting) -> Result<(), Waiting> {
        let id = next.sent.unwrap_or_else(|| self.unused_id());
        if !self.try_send(peer, next.message.packet(Some(id), next.retained, next.sent.is_some())) {
            return Err(next);
        }
        self.last_id = id;
        self.in_flight.push_back((id, next));
        Ok(())
    }

    /// Sends a packet. If that is not possible now, sends what waits later.
    fn try_send(&mut self, peer: &Peer<Packet>, packet: Packet) -> bool {
        let sent = peer.try_send(packet).is_ok();
        if !sent {
            self.send_later(peer.clone());
        }
        sent
    }

    /// Sends what waits once the client has read what was sent before.
    fn send_later(&mut self, peer: Peer<Packet>) {
        if std::mem::replace(&mut self.later, true) {
            return;
        }
        let (id, connection, broker) = (self.id.clone(), self.connection, Weak::clone(&self.broker));
        tokio::spawn(async move {
            // If the connection is closed, the messages wait for the next one.
            let Ok(()) = peer.flushed().await else { return };
            let Some(broker) = broker.upgrade() else { return };
            let Shared { sessions, retained, .. } = &mut *lock(&broker);
            if let Some(session) = sessions.get_mut(&id).filter(|session| session.connection == connection) {
                session.later = false;
                session.send_waiting();
                session.send_retained(retained);
            }
        });
    }

    /// Returns a packet identifier that is not in use.
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

    /// Handles an acknowledgement. Sends waiting messages if the limits now allow it.
    pub fn acknowledged(&mut self, id: NonZeroU16, retained: &Store) {
        if let Some(at) = self.in_flight.iter().position(|(sent, _)| *sent == id) {
            if let Some((_, arrived)) = self.in_flight.remove(at) {
                self.release(arrived.message.size());
            }
        }
        self.send_all(retained);
    }

    /// Takes `bytes` from the limits for unacknowledged messages. Returns `false` if a limit is
    /// reached.
    fn hold(&mut self, bytes: usize) -> bool {
        let room = self.held + bytes <= HELD && self.takes(bytes);
        if room {
            self.held += bytes;
        }
        room
    }

    fn release(&mut self, bytes: usize) {
        self.held -= bytes;
        self.takes(0);
    }

    /// Takes from the budget what the session uses now, and `more`. Returns `false` and changes nothing
    /// if the budget does not allow it.
    fn takes(&mut self, more: usize) -> bool {
        let used = self.held + self.filtering + self.wanted.size();
        self.share.set((used + more).saturating_sub(OWN))
    }

    /// Records the id of a QoS 2 message. Returns `false` if it is recorded already, because the
    /// message was received and not yet released.
    ///
    /// # Errors
    /// Returns an error if too many messages are unreleased.
    pub fn received(&mut self, id: NonZeroU16) -> Result<bool, &'static str> {
        if self.unreleased.len() >= UNRELEASED && !self.unreleased.contains(&id) {
            return Err("too many unreleased messages");
        }
        Ok(self.unreleased.insert(id))
    }

    pub fn released(&mut self, id: NonZeroU16) {
        self.unreleased.remove(&id);
    }
}

/// Returns how much memory a filter uses, approximately.
fn size(filter: &str) -> usize {
    filter.len() + LEVEL * filter.split('/').count()
}

#[cfg(test)]
mod tests;
