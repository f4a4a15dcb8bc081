//! The session of a client, and the delivery of its messages.

use std::collections::{HashMap, HashSet, VecDeque};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex, Weak};

use framewright::Peer;
use framewright::net::TrySendError;
use framewright_examples::{Budget, Share};

use crate::broker::{Client, Owner, Shared, lock};
use crate::message::Message;
use crate::protocol::{Packet, QoS};
use crate::topic;

/// The maximum number of subscriptions of a client.
const SUBSCRIPTIONS: usize = 100;
const FILTER: usize = 1024;

/// The maximum number of messages that are sent and not yet acknowledged.
const IN_FLIGHT: usize = 100;

/// The maximum number of messages that wait to be sent to a client, and of its waiting retained
/// messages.
const WAITING: usize = 10_000;
const HELD: usize = 4 * 1024 * 1024;

/// Once this many bytes of retained messages are sent, the client must read before it gets more. They
/// must not fill the out-buffer, or other messages would be dropped.
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
    /// The retained messages of new subscriptions, with their quality of service. A message that is
    /// replaced before it is sent is left out, because the client receives the new message.
    retained: VecDeque<(Weak<Message>, QoS)>,
    /// Whether a task sends the waiting messages later.
    later: bool,
    /// The total size of the messages in `in_flight` and `waiting`.
    held: usize,
    /// The total size of the filters.
    filtering: usize,
    /// The part of `held` and `filtering` that counts towards the budget.
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
            retained: VecDeque::new(),
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
    pub fn resume(&mut self, connection: u64, peer: Peer<Packet>) {
        (self.connection, self.peer) = (connection, Some(peer));
        for (id, waiting) in std::mem::take(&mut self.in_flight).into_iter().rev() {
            self.waiting.push_front(Waiting { sent: Some(id), ..waiting });
        }
        self.send_waiting();
    }

    /// Adds a filter. Returns a reference to the subscription, which exists until the client
    /// unsubscribes or the session ends. Returns `None` if a limit is reached.
    pub fn subscribe(&mut self, filter: &str) -> Option<Weak<()>> {
        if let Some(subscription) = self.filters.get(filter) {
            return Some(Arc::downgrade(subscription));
        }
        let added = self.filters.len() < SUBSCRIPTIONS
            && filter.len() <= FILTER
            && topic::is_shallow(filter)
            && self.takes(self.held, self.filtering + size(filter));
        added.then(|| Arc::downgrade(self.filters.entry(filter.to_owned()).or_default()))
    }

    /// Removes a filter. Returns `false` if the client has not subscribed to it.
    pub fn unsubscribe(&mut self, filter: &str) -> bool {
        let removed = self.filters.remove(filter).is_some();
        if removed {
            self.takes(self.held, self.filtering - size(filter));
        }
        removed
    }

    pub fn take_filters(&mut self) -> impl Iterator<Item = String> + use<> {
        std::mem::take(&mut self.filters).into_keys()
    }

    /// Sends a message to the client. If the client reads too slowly, a message with QoS 1 waits,
    /// and a message with QoS 0 is dropped.
    pub fn deliver(&mut self, message: &Arc<Message>, qos: QoS) {
        if qos == QoS::AtMostOnce {
            let lost = |peer: &Peer<Packet>| peer.try_send(message.packet(None, false, false)).is_err();
            if self.peer.as_ref().is_some_and(lost) {
                self.missed += 1;
            }
        } else if self.waiting.len() < WAITING && self.hold(message.size()) {
            self.waiting.push_back(Waiting { message: Arc::clone(message), retained: false, sent: None });
            self.send_waiting();
        } else {
            self.missed += 1;
        }
    }

    /// Adds a retained message of a new subscription to the waiting messages.
    pub fn add_retained(&mut self, message: &Arc<Message>, qos: QoS) {
        if self.retained.len() < WAITING {
            self.retained.push_back((Arc::downgrade(message), qos));
        } else {
            self.missed += 1;
        }
    }

    /// Sends waiting messages until a limit is reached. Retained messages come last, because room is
    /// found for them only when they are sent.
    pub fn send_waiting(&mut self) {
        let Some(peer) = self.peer.clone() else { return };
        while self.in_flight.len() < IN_FLIGHT {
            let Some(next) = self.waiting.pop_front() else { break };
            if !self.send(&peer, next) {
                return;
            }
        }
        let mut bytes = 0;
        while !self.later && self.waiting.is_empty() {
            let Some((message, qos)) = self.retained.pop_front() else { return };
            let Some(current) = message.upgrade().filter(|message| message.is_retained()) else { continue };
            let size = current.size();
            if !self.send_retained(&peer, current, qos) {
                // The next attempt begins with another one, which may be smaller.
                return self.retained.push_back((message, qos));
            }
            bytes += size;
            if bytes >= AT_A_TIME {
                self.send_later(peer.clone());
            }
        }
    }

    /// Sends a retained message. Returns `false` if it must wait: for an acknowledgement, for room that
    /// other sessions use, or for the client to read.
    fn send_retained(&mut self, peer: &Peer<Packet>, message: Arc<Message>, qos: QoS) -> bool {
        if qos == QoS::AtMostOnce {
            let sent = peer.try_send(message.packet(None, true, false));
            if let Err(TrySendError::Full(_)) = sent {
                self.send_later(peer.clone());
            }
            return sent.is_ok();
        }
        if self.in_flight.len() >= IN_FLIGHT || !self.hold(message.size()) {
            return false;
        }
        // If the client must read first, the message is one of `waiting` from here on.
        self.send(peer, Waiting { message, retained: true, sent: None });
        true
    }

    /// Sends a message that is to be acknowledged. If that is not possible now, puts it in front of the
    /// waiting messages and returns `false`.
    fn send(&mut self, peer: &Peer<Packet>, next: Waiting) -> bool {
        let id = next.sent.unwrap_or_else(|| self.unused_id());
        let packet = next.message.packet(Some(id), next.retained, next.sent.is_some());
        if let Err(error) = peer.try_send(packet) {
            self.waiting.push_front(next);
            if let TrySendError::Full(_) = error {
                self.send_later(peer.clone());
            }
            return false;
        }
        self.last_id = id;
        self.in_flight.push_back((id, next));
        true
    }

    /// Sends waiting messages once the client has read what was sent before.
    fn send_later(&mut self, peer: Peer<Packet>) {
        if std::mem::replace(&mut self.later, true) {
            return;
        }
        let (id, broker) = (self.id.clone(), Weak::clone(&self.broker));
        tokio::spawn(async move {
            // If the connection is closed, the client may have a new one.
            let _ = peer.flushed().await;
            let Some(broker) = broker.upgrade() else { return };
            if let Some(session) = lock(&broker).sessions.get_mut(&id) {
                session.later = false;
                session.send_waiting();
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
    pub fn acknowledged(&mut self, id: NonZeroU16) {
        if let Some(at) = self.in_flight.iter().position(|(sent, _)| *sent == id) {
            if let Some((_, arrived)) = self.in_flight.remove(at) {
                let left = self.held - arrived.message.size();
                self.takes(left, self.filtering);
            }
        }
        self.send_waiting();
    }

    /// Takes `bytes` from the limits for unacknowledged messages. Returns `false` if a limit is
    /// reached.
    fn hold(&mut self, bytes: usize) -> bool {
        self.held + bytes <= HELD && self.takes(self.held + bytes, self.filtering)
    }

    /// Sets the sizes of the messages and of the filters. Returns `false` and changes nothing if the
    /// budget does not allow it.
    fn takes(&mut self, held: usize, filtering: usize) -> bool {
        let room = self.share.set((held + filtering).saturating_sub(OWN));
        if room {
            (self.held, self.filtering) = (held, filtering);
        }
        room
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
mod tests {
    use std::net::IpAddr;

    use bytes::Bytes;

    use super::*;

    #[test]
    fn one_owner_leaves_room_for_the_others() {
        let budget = Budget::new(100_000, 60_000);
        let session = |address: u8| {
            let owner = Owner::Network(IpAddr::from([192, 0, 2, address]).into());
            Session::new("a", false, owner, &budget, Weak::new())
        };
        let message = |len| Arc::new(Message::new("a".to_owned(), Bytes::from(vec![7; len])));
        let deliver = |session: &mut Session, len| {
            let missed = session.missed;
            session.deliver(&message(len), QoS::AtLeastOnce);
            session.missed == missed
        };
        let [mut one, mut other] = [session(1), session(1)];
        assert!(deliver(&mut one, 70_000), "{OWN} bytes do not count");
        assert!(!deliver(&mut other, 30_000));
        assert!(deliver(&mut session(2), 30_000));
        // Small messages are delivered in any case.
        assert!(deliver(&mut one, 100) && deliver(&mut other, 100));
        // Filters count as well.
        let filter = |number| format!("{}{number}", "+/".repeat(30));
        let added = (0..).take_while(|number| other.subscribe(&filter(*number)).is_some()).count();
        assert!((2..20).contains(&added), "{added} filters");
        assert!(session(2).subscribe(&filter(0)).is_some());
        drop(one);
        assert!(deliver(&mut other, 30_000));
        assert!((0..added).all(|number| other.unsubscribe(&filter(number))));
        assert!(!other.unsubscribe(&filter(0)));
        assert_eq!(other.filtering, 0);
    }
}
