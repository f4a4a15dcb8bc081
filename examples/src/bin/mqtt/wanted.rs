//! The topics whose retained messages are still to be sent to a client.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Weak};

use crate::protocol::QoS;

/// The approximate memory of a topic, without its name.
pub const TOPIC: usize = 100;

/// The memory of a subscription at a topic. A list has room for up to twice as many as are in it.
const ASKED: usize = 2 * size_of::<Asked>();

/// A queue of topics, each of them once. The message of a topic is looked up when it is sent, so that it
/// is always the present one.
#[derive(Default)]
pub struct Wanted {
    queue: VecDeque<Arc<str>>,
    /// Who asked for the topics of the queue: nobody any more, if the present message was delivered
    /// meanwhile.
    asked: HashMap<Arc<str>, Vec<Asked>>,
    size: usize,
}

/// A subscription that asked for a topic, and its quality of service.
type Asked = (Weak<()>, QoS);

impl Wanted {
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Returns how much memory the topics use, approximately.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Returns how many of these topics are not in the queue, and at most how much memory
    /// [`add`](Self::add) needs for all of them.
    pub fn missing(&self, topics: &[Arc<str>], subscription: &Weak<()>) -> (usize, usize) {
        if self.asked.is_empty() {
            // The usual case needs no look at each topic.
            let names: usize = topics.iter().map(|topic| topic.len()).sum();
            return (topics.len(), names + topics.len() * (TOPIC + ASKED));
        }
        let (mut missing, mut bytes) = (0, 0);
        for topic in topics {
            match self.asked.get(topic) {
                Some(asked) if asked.iter().any(|(known, _)| known.ptr_eq(subscription)) => {}
                Some(_) => bytes += ASKED,
                None => {
                    missing += 1;
                    bytes += TOPIC + topic.len() + ASKED;
                }
            }
        }
        (missing, bytes)
    }

    /// Adds a topic that a subscription asks for. If it has asked before, the new quality of service
    /// counts.
    pub fn add(&mut self, topic: Arc<str>, subscription: &Weak<()>, qos: QoS) {
        let new = (Weak::clone(subscription), qos);
        match self.asked.entry(Arc::clone(&topic)) {
            Entry::Occupied(mut known) => {
                let asked = known.get_mut();
                self.size -= ASKED * asked.len();
                // Without those that do not exist any more, there are never more than a client may have.
                asked.retain(|(known, _)| known.strong_count() > 0 && !known.ptr_eq(subscription));
                asked.push(new);
                asked.shrink_to(2 * asked.len());
                self.size += ASKED * asked.len();
            }
            Entry::Vacant(place) => {
                self.size += TOPIC + topic.len() + ASKED;
                place.insert(vec![new]);
                self.queue.push_back(topic);
            }
        }
    }

    /// Makes room for as many topics that are not in the queue.
    pub fn reserve(&mut self, missing: usize) {
        self.asked.reserve(missing);
        self.queue.reserve(missing);
    }

    /// Records that the present message of a topic was delivered. The topic stays in the queue, so that
    /// it is not added a second time.
    pub fn delivered(&mut self, topic: &str) {
        if let Some(asked) = self.asked.get_mut(topic) {
            self.size -= ASKED * std::mem::take(asked).len();
        }
    }

    /// Returns the first topic, and the best quality of service of the subscriptions that asked for it
    /// and still exist, if there are any.
    pub fn first(&self) -> Option<(Arc<str>, Option<QoS>)> {
        let topic = self.queue.front()?;
        let present =
            self.asked.get(topic)?.iter().filter(|(subscription, _)| subscription.strong_count() > 0);
        Some((Arc::clone(topic), present.map(|(_, qos)| *qos).max()))
    }

    pub fn remove_first(&mut self) {
        let Some(topic) = self.queue.pop_front() else { return };
        let asked = self.asked.remove(&topic).unwrap_or_default();
        self.size -= TOPIC + topic.len() + ASKED * asked.len();
        // Room for many more topics would not be counted.
        let len = self.queue.len().max(16);
        if self.queue.capacity() > 4 * len {
            self.queue.shrink_to(2 * len);
            self.asked.shrink_to(2 * len);
        }
    }

    /// Moves the first topic behind the others.
    pub fn postpone_first(&mut self) {
        if let Some(topic) = self.queue.pop_front() {
            self.queue.push_back(topic);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOW: QoS = QoS::AtMostOnce;
    const HIGH: QoS = QoS::AtLeastOnce;

    /// Adds topics, and checks that they need what was said.
    fn add(wanted: &mut Wanted, topics: &[&str], subscription: &Arc<()>, qos: QoS) {
        let (subscription, before) = (Arc::downgrade(subscription), (wanted.len(), wanted.size()));
        let topics: Vec<Arc<str>> = topics.iter().map(|topic| (*topic).into()).collect();
        let (missing, bytes) = wanted.missing(&topics, &subscription);
        topics.into_iter().for_each(|topic| wanted.add(topic, &subscription, qos));
        assert_eq!((wanted.len(), wanted.size()), (before.0 + missing, before.1 + bytes));
    }

    #[test]
    fn a_topic_is_there_once() {
        let (mut wanted, [one, two]) = (Wanted::default(), [Arc::default(), Arc::default()]);
        add(&mut wanted, &["a", "b"], &one, HIGH);
        let size = wanted.size();
        add(&mut wanted, &["a", "b"], &one, LOW);
        assert_eq!(wanted.size(), size);
        add(&mut wanted, &["b", "c"], &two, LOW);
        assert_eq!(wanted.len(), 3);
        wanted.delivered("a");
        wanted.delivered("x");
        assert_eq!(wanted.first(), Some(("a".into(), None)));
        add(&mut wanted, &["a"], &two, LOW);
        assert_eq!(wanted.first(), Some(("a".into(), Some(LOW))));
        wanted.postpone_first();
        for topic in ["b", "c", "a"] {
            assert_eq!(wanted.first().map(|(topic, _)| topic), Some(topic.into()));
            wanted.remove_first();
        }
        assert_eq!((wanted.first(), wanted.size()), (None, 0));
    }

    #[test]
    fn topics_that_are_sent_leave_no_room_behind() {
        let (mut wanted, one) = (Wanted::default(), Arc::default());
        let topics: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
        let topics: Vec<&str> = topics.iter().map(|topic| &**topic).collect();
        add(&mut wanted, &topics, &one, HIGH);
        (0..999).for_each(|_| wanted.remove_first());
        assert_eq!(wanted.first(), Some(("999".into(), Some(HIGH))));
        let (queue, asked) = (wanted.queue.capacity(), wanted.asked.capacity());
        assert!(queue <= 64 && asked <= 128, "{queue} and {asked}");
    }

    #[test]
    fn the_best_subscription_that_exists_counts() {
        let (mut wanted, [one, two]) = (Wanted::default(), [Arc::default(), Arc::default()]);
        add(&mut wanted, &["a"], &one, HIGH);
        add(&mut wanted, &["a"], &two, LOW);
        assert_eq!(wanted.first(), Some(("a".into(), Some(HIGH))));
        add(&mut wanted, &["a"], &one, LOW);
        assert_eq!(wanted.first(), Some(("a".into(), Some(LOW))));
        add(&mut wanted, &["a"], &two, HIGH);
        drop(two);
        assert_eq!(wanted.first(), Some(("a".into(), Some(LOW))));
        drop(one);
        assert_eq!(wanted.first(), Some(("a".into(), None)));
    }

    #[test]
    fn subscriptions_that_are_gone_leave_nothing() {
        let mut wanted = Wanted::default();
        let many: Vec<Arc<()>> = (0..100).map(|_| Arc::default()).collect();
        many.iter().for_each(|subscription| add(&mut wanted, &["a"], subscription, LOW));
        assert_eq!(wanted.size(), TOPIC + 1 + 100 * ASKED);
        drop(many);
        for _ in 0..1000 {
            wanted.add("a".into(), &Arc::downgrade(&Arc::new(())), LOW);
            assert_eq!(wanted.size(), TOPIC + 1 + ASKED);
            assert!(wanted.asked["a"].capacity() <= 2);
        }
    }
}
