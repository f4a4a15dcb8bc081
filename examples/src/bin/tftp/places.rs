//! The places of a server for concurrent transfers.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use framewright_examples::Network;
use tokio::sync::oneshot;

/// The concurrent transfers of a server, with a limit for all of them and one for each origin.
pub struct Places {
    all: usize,
    each: usize,
    /// How long a peer has for its first answer.
    first_answer: Duration,
    taken: Mutex<Taken>,
}

/// The transfers in the order in which they began.
#[derive(Default)]
struct Taken {
    transfers: BTreeMap<u64, Entry>,
    next: u64,
}

struct Entry {
    origin: Origin,
    since: Instant,
    answered: Arc<AtomicBool>,
    /// Ends the transfer when it is dropped.
    _keeps: oneshot::Sender<()>,
}

/// Where a peer is. All neighbours on an IPv6 link have the same first 64 bits in their link-local
/// addresses, but they are not one network.
#[derive(Clone, Copy, PartialEq)]
pub enum Origin {
    Network(Network),
    Neighbour(Ipv6Addr),
}

impl From<IpAddr> for Origin {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V6(address) if address.is_unicast_link_local() => Self::Neighbour(address),
            address => Self::Network(address.into()),
        }
    }
}

/// The place of one transfer. It becomes free when the `Place` is dropped.
pub struct Place {
    of: Arc<Places>,
    number: u64,
    /// Whether the peer has answered. Then the place is kept until it is dropped.
    pub answered: Arc<AtomicBool>,
    /// Resolves when another transfer has taken the place.
    pub lost: oneshot::Receiver<()>,
}

impl Places {
    pub fn new(all: usize, each: usize, first_answer: Duration) -> Arc<Self> {
        Arc::new(Self { all, each, first_answer, taken: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Frees the place of the oldest transfer whose peer has not answered within this time. If
    /// `origin` is given, only its transfers are considered. Returns `false` if all have answered or
    /// still have time to answer.
    fn free(&mut self, origin: Option<Origin>, within: Duration) -> bool {
        let unanswered = self.transfers.iter().find(|(_, entry)| {
            origin.is_none_or(|origin| origin == entry.origin) && !entry.answered.load(Ordering::Relaxed)
        });
        let late = unanswered.filter(|(_, entry)| entry.since.elapsed() >= within);
        let Some(number) = late.map(|(number, _)| *number) else { return false };
        self.transfers.remove(&number).is_some()
    }
}

impl Place {
    /// Takes a place for a transfer with a peer of this origin, or that of a transfer whose peer has
    /// not answered in time.
    pub fn take(of: &Arc<Places>, origin: Origin) -> Option<Self> {
        let mut taken = of.lock();
        let here = taken.transfers.values().filter(|entry| entry.origin == origin).count();
        if here >= of.each && !taken.free(Some(origin), of.first_answer) {
            return None;
        }
        if taken.transfers.len() >= of.all && !taken.free(None, of.first_answer) {
            return None;
        }
        let (keeps, lost) = oneshot::channel();
        let answered = Arc::<AtomicBool>::default();
        let number = taken.next;
        taken.next += 1;
        let entry = Entry { origin, since: Instant::now(), answered: Arc::clone(&answered), _keeps: keeps };
        taken.transfers.insert(number, entry);
        Some(Self { of: Arc::clone(of), number, answered, lost })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.of.lock().transfers.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_transfer_without_an_answer_gives_way() {
        let places = Places::new(3, 2, Duration::ZERO);
        let [ada, bob, eve] = [1, 2, 3].map(|last| IpAddr::from([127, 0, 0, last]).into());
        let take = |origin| Place::take(&places, origin);
        let is_lost = |place: &mut Place| place.lost.try_recv() == Err(oneshot::error::TryRecvError::Closed);
        let (mut first, mut second) = (take(ada).unwrap(), take(ada).unwrap());
        first.answered.store(true, Ordering::Relaxed);
        let third = take(ada).unwrap();
        assert!(!is_lost(&mut first) && is_lost(&mut second));
        third.answered.store(true, Ordering::Relaxed);
        assert!(take(ada).is_none(), "both transfers are under way");
        let mut fourth = take(bob).unwrap();
        let fifth = take(eve).unwrap();
        assert!(is_lost(&mut fourth));
        fifth.answered.store(true, Ordering::Relaxed);
        assert!(take(bob).is_none(), "all transfers are under way");
        drop(second);
        assert!(take(bob).is_none(), "the place was taken over already");
        drop(first);
        assert!(take(bob).is_some());
    }

    #[test]
    fn a_transfer_that_has_just_begun_keeps_its_place() {
        let places = Places::new(2, 1, Duration::from_secs(60 * 60));
        let [ada, bob, eve] = [1, 2, 3].map(|last| IpAddr::from([127, 0, 0, last]).into());
        let (ada_s, bob_s) = (Place::take(&places, ada), Place::take(&places, bob));
        assert!(ada_s.is_some() && bob_s.is_some());
        assert!(Place::take(&places, ada).is_none() && Place::take(&places, eve).is_none());
    }

    #[test]
    fn neighbours_on_a_link_are_not_one_network() {
        let origin = |text: &str| Origin::from(text.parse::<IpAddr>().unwrap());
        assert!(origin("fe80::1") != origin("fe80::2"));
        assert!(origin("2001:db8::1") == origin("2001:db8::2"));
    }
}
