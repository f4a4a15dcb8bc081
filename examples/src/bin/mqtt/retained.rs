//! Retained messages. A client that subscribes later receives them, too.

use std::collections::HashMap;
use std::sync::Arc;

use framewright_examples::{Flood, excerpt};

use crate::broker::Owner;
use crate::message::Message;
use crate::protocol::QoS;
use crate::topic;
use crate::tree::Tree;

/// The limits on all retained messages.
const ALL: Amount = Amount { messages: 10_000, bytes: 64 * 1024 * 1024 };
const EACH: Amount = Amount { messages: 2_500, bytes: 16 * 1024 * 1024 };

#[derive(Clone)]
pub struct Retained {
    pub message: Arc<Message>,
    pub qos: QoS,
    pub owner: Owner,
}

#[derive(Default)]
pub struct Store {
    /// The messages by topic. A search in a clone does not see later changes.
    pub messages: Tree<Retained>,
    all: Amount,
    owners: HashMap<Owner, Amount>,
    too_large: Flood,
    no_room: Flood,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Amount {
    messages: usize,
    bytes: usize,
}

impl Amount {
    /// Returns the amount with one more message of `bytes`. Returns `None` if that is more than
    /// `most`.
    fn with(self, bytes: usize, most: Self) -> Option<Self> {
        let more = Self { messages: self.messages + 1, bytes: self.bytes + bytes };
        (more.messages <= most.messages && more.bytes <= most.bytes).then_some(more)
    }

    fn without(self, bytes: usize) -> Self {
        Self { messages: self.messages - 1, bytes: self.bytes - bytes }
    }
}

impl Store {
    /// Returns the retained message of a topic.
    pub fn get<'s>(&'s self, topic: &'s str) -> Option<&'s Retained> {
        // A topic has no wildcards, so as a filter it matches itself.
        self.messages.chosen(topic).flatten().next()
    }

    /// Retains a message, which replaces the earlier message of its topic. An empty message only
    /// removes the earlier one. If a limit is reached, the earlier message stays.
    pub fn put(&mut self, new: Retained) {
        let name = Arc::clone(&new.message.topic);
        if !topic::is_small(&name) {
            return self.too_large.happened(|count| {
                let name = excerpt(&name);
                tracing::warn!(
                    "not retained: too many levels or bytes in the topic {name} ({count} messages since the last line)"
                );
            });
        }
        if new.message.payload.is_empty() {
            if let Some(old) = self.messages.change(&name, Option::take) {
                self.forget(&old);
            }
            return;
        }
        let old = self.get(&name).cloned();
        let Some((all, theirs)) = self.amounts(&new, old.as_ref()) else {
            return self.no_room.happened(|count| {
                let name = excerpt(&name);
                tracing::warn!(
                    "not retained for lack of room: a message about {name} ({count} since the last line)"
                );
            });
        };
        if let Some(old) = &old {
            self.forget(old);
        }
        self.all = all;
        self.owners.insert(new.owner.clone(), theirs);
        self.messages.change(&name, |place| *place = Some(new));
    }

    /// Returns the amounts after `new` replaces `old`: of all messages, and of the messages of its
    /// owner. Returns `None` if a limit is exceeded.
    fn amounts(&self, new: &Retained, old: Option<&Retained>) -> Option<(Amount, Amount)> {
        let mut all = self.all;
        let mut theirs = self.owners.get(&new.owner).copied().unwrap_or_default();
        if let Some(old) = old {
            all = all.without(old.message.size());
            if old.owner == new.owner {
                theirs = theirs.without(old.message.size());
            }
        }
        let size = new.message.size();
        Some((all.with(size, ALL)?, theirs.with(size, EACH)?))
    }

    fn forget(&mut self, old: &Retained) {
        let size = old.message.size();
        self.all = self.all.without(size);
        if let Some(theirs) = self.owners.get_mut(&old.owner) {
            *theirs = theirs.without(size);
            if *theirs == Amount::default() {
                self.owners.remove(&old.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use bytes::Bytes;

    use super::*;

    fn message(owner: u8, topic: &str, len: usize) -> Retained {
        Retained {
            message: Arc::new(Message::new(topic.to_owned(), Bytes::from(vec![7; len]))),
            qos: QoS::AtMostOnce,
            owner: Owner::Network(IpAddr::from([192, 0, 2, owner]).into()),
        }
    }

    fn count(store: &Store) -> usize {
        store.messages.chosen("#").flatten().count()
    }

    #[test]
    fn one_owner_leaves_room_for_the_others() {
        let mut store = Store::default();
        for n in 0..20_000 {
            store.put(message(1, &format!("flood/{n}"), 10));
        }
        assert_eq!(count(&store), EACH.messages);
        for n in 0..100 {
            store.put(message(1, &format!("big/{n}"), 1024 * 1024));
            store.put(message(2, &format!("honest/{n}"), 10));
        }
        assert_eq!(count(&store), EACH.messages + 100);
    }

    #[test]
    fn a_message_that_does_not_fit_leaves_the_old_one() {
        let mut store = Store::default();
        store.put(message(1, "full", EACH.bytes - 1000));
        store.put(message(1, "a", 100));
        store.put(message(2, "b", 100));
        let before = (store.all, store.owners.clone());
        // Neither message fits. The first would replace a message of the same owner, and the second
        // a message of another owner.
        store.put(message(1, "a", 2000));
        store.put(message(1, "b", 2000));
        assert!(before == (store.all, store.owners.clone()));
        let kept = store.messages.chosen("#").flatten();
        let kept: Vec<_> = kept.map(|old| (old.owner.clone(), old.message.size())).collect();
        assert_eq!(kept.len(), 3);
        for old in [message(1, "a", 100), message(2, "b", 100)] {
            assert!(kept.contains(&(old.owner.clone(), old.message.size())));
        }
        // The room of the replaced message is available for the new one.
        store.put(message(1, "full", EACH.bytes - 600));
        assert_eq!(count(&store), 3);
        assert_eq!(store.all.bytes, before.0.bytes + 400);
    }

    #[test]
    fn replacing_or_removing_a_message_frees_its_room() {
        let mut store = Store::default();
        for len in [10, 1000, 1] {
            store.put(message(1, "a", len));
            store.put(message(2, "a", len));
            assert_eq!(store.all, Amount { messages: 1, bytes: message(2, "a", len).message.size() });
        }
        store.put(message(3, "a", 0));
        assert!(store.all == Amount::default() && store.owners.is_empty());
    }

    #[test]
    fn topics_are_not_larger_than_filters() {
        let mut store = Store::default();
        store.put(message(1, &"a/".repeat(topic::LEVELS), 1));
        store.put(message(1, &"a".repeat(topic::LENGTH + 1), 1));
        assert_eq!(count(&store), 0);
        store.put(message(1, &"a/".repeat(topic::LEVELS - 1), 1));
        store.put(message(1, &"a".repeat(topic::LENGTH), 1));
        assert_eq!(count(&store), 2);
    }
}
