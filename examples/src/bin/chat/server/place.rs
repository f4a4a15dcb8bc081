//! The place of a name on a node: the connection that has the name, and the state of its delivery.

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use framewright::Result;
use tokio::sync::Notify;

use crate::protocol::ChatReply;
use crate::store::Name;

/// The maximum number of unacknowledged messages on a connection.
const WINDOW: usize = 64;

/// The maximum total size of unacknowledged messages in bytes.
const WINDOW_BYTES: usize = 4 * 1024 * 1024;

/// The maximum number of receivers that a connection remembers as away.
const AWAY: usize = 1024;

pub trait Outlet: Clone + Send + Sync + 'static {
    /// Queues a reply. Waits for room if necessary.
    fn send(&self, reply: &ChatReply) -> impl Future<Output = Result<()>> + Send;

    /// Waits until all queued replies have been passed to the operating system.
    fn flushed(&self) -> impl Future<Output = Result<()>> + Send;

    fn close(&self);

    fn peer_addr(&self) -> SocketAddr;
}

/// The connection that has a name.
pub struct Place<O> {
    pub name: Name,
    /// The number of the connection. A larger epoch belongs to a newer connection.
    pub epoch: u64,
    /// Whether the connection began with a hello. If so, the client acknowledges messages.
    pub is_hello: bool,
    pub out: O,
    /// Notified when there may be a message for the name.
    pub news: Notify,
    ended: AtomicBool,
    window: Mutex<Window>,
    /// The receivers that this client was told are away.
    away: Mutex<HashSet<Name>>,
}

/// The lengths of the unacknowledged messages. The first has the sequence number `taken`.
struct Window {
    taken: u64,
    lens: VecDeque<usize>,
    bytes: usize,
}

/// How much may be sent now.
#[derive(Debug, PartialEq)]
pub struct Room {
    pub from: u64,
    pub count: usize,
    pub bytes: usize,
    /// Whether all messages are acknowledged. Then the next message may have any length.
    pub at_least_one: bool,
}

/// Why an acknowledgement is invalid.
#[derive(Debug, PartialEq)]
pub enum Impossible {
    Back,
    Beyond,
}

impl Window {
    fn sent(&self) -> u64 {
        self.taken.saturating_add(u64::try_from(self.lens.len()).unwrap_or(u64::MAX))
    }
}

impl<O: Outlet> Place<O> {
    pub fn new(name: Name, epoch: u64, is_hello: bool, next: u64, out: O) -> Self {
        let window = Window { taken: next, lens: VecDeque::new(), bytes: 0 };
        Self {
            name,
            epoch,
            is_hello,
            out,
            news: Notify::new(),
            ended: AtomicBool::new(false),
            window: Mutex::new(window),
            away: Mutex::default(),
        }
    }

    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.news.notify_one();
    }

    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Returns how much may be sent now, or `None` if nothing.
    pub fn room(&self) -> Option<Room> {
        let window = lock(&self.window);
        let room = Room {
            from: window.sent(),
            count: WINDOW.saturating_sub(window.lens.len()),
            bytes: WINDOW_BYTES.saturating_sub(window.bytes),
            at_least_one: window.lens.is_empty(),
        };
        Some(room).filter(|room| room.count > 0 && room.bytes > 0)
    }

    /// Records that a message of this length is about to be sent.
    pub fn sends(&self, len: usize) {
        let mut window = lock(&self.window);
        window.lens.push_back(len);
        window.bytes += len;
    }

    /// Returns the sequence number of the next message to send.
    pub fn sent(&self) -> u64 {
        lock(&self.window).sent()
    }

    /// Records that all messages below this sequence number are acknowledged.
    pub fn takes(&self, below: u64) -> Result<(), Impossible> {
        let mut window = lock(&self.window);
        if below < window.taken {
            return Err(Impossible::Back);
        }
        if below > window.sent() {
            return Err(Impossible::Beyond);
        }
        while window.taken < below {
            window.taken += 1;
            let len = window.lens.pop_front().unwrap_or_default();
            window.bytes = window.bytes.saturating_sub(len);
        }
        self.news.notify_one();
        Ok(())
    }

    /// Records that `receiver` is away. Returns `true` the first time, if the client should be
    /// told.
    pub fn finds_away(&self, receiver: Name) -> bool {
        let mut away = lock(&self.away);
        if away.len() >= AWAY {
            away.clear();
        }
        self.is_hello && away.insert(receiver)
    }

    /// Records that `receiver` has returned. Returns `true` if this client was told earlier that
    /// `receiver` is away.
    pub fn finds_back(&self, receiver: Name) -> bool {
        lock(&self.away).remove(&receiver)
    }
}

/// The places of all names that are connected to this node.
pub struct Here<O>(Mutex<HashMap<Name, Arc<Place<O>>>>);

impl<O> Here<O> {
    /// Adds a place. Returns the previous place of the name, or `place` itself if a later place has
    /// already replaced it.
    pub fn enter(&self, place: &Arc<Place<O>>) -> Option<Arc<Place<O>>> {
        let mut places = lock(&self.0);
        match places.get(&place.name) {
            Some(there) if there.epoch > place.epoch => Some(Arc::clone(place)),
            _ => places.insert(place.name, Arc::clone(place)),
        }
    }

    /// Removes `place`, unless a newer connection has replaced it. Returns `true` if it was
    /// removed.
    pub fn leave(&self, place: &Arc<Place<O>>) -> bool {
        let mut places = lock(&self.0);
        let is_there = places.get(&place.name).is_some_and(|there| Arc::ptr_eq(there, place));
        if is_there {
            places.remove(&place.name);
        }
        is_there
    }

    /// Closes all connections, because they may have lost their names.
    #[cfg(feature = "nodes")]
    pub fn close(&self)
    where
        O: Outlet,
    {
        lock(&self.0).values().for_each(|place| place.out.close());
    }

    pub fn get(&self, name: Name) -> Option<Arc<Place<O>>> {
        lock(&self.0).get(&name).cloned()
    }
}

impl<O> Default for Here<O> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Nowhere;

    impl Outlet for Nowhere {
        async fn send(&self, _: &ChatReply) -> Result<()> {
            Ok(())
        }

        async fn flushed(&self) -> Result<()> {
            Ok(())
        }

        fn close(&self) {}

        fn peer_addr(&self) -> SocketAddr {
            SocketAddr::from(([127, 0, 0, 1], 0))
        }
    }

    #[test]
    fn no_more_is_on_its_way_than_may_be() {
        let place = Place::new(1, 1, true, 5, Nowhere);
        assert_eq!(place.room(), Some(Room { from: 5, count: 64, bytes: WINDOW_BYTES, at_least_one: true }));
        place.sends(WINDOW_BYTES - 1);
        assert_eq!(place.room(), Some(Room { from: 6, count: 63, bytes: 1, at_least_one: false }));
        place.sends(1);
        assert_eq!(place.room(), None);
        place.takes(6).unwrap();
        (0..63).for_each(|_| place.sends(0));
        assert_eq!(place.room(), None);
        assert_eq!(place.sent(), 70);
    }

    #[test]
    fn acknowledgements_go_forward_and_not_beyond() {
        let place = Place::new(1, 1, true, 5, Nowhere);
        place.sends(1);
        place.sends(1);
        assert_eq!(place.takes(4), Err(Impossible::Back));
        assert_eq!(place.takes(8), Err(Impossible::Beyond));
        assert_eq!(place.takes(6), Ok(()));
        assert_eq!(place.takes(6), Ok(()));
        assert_eq!(place.takes(5), Err(Impossible::Back));
        assert_eq!(place.takes(7), Ok(()));
    }
}
