//! The places of a server for concurrent transfers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use framewright_examples::Network;
use tokio::sync::oneshot;

/// The concurrent transfers of a server, with a limit for all of them and one for each network.
pub struct Places {
    all: usize,
    each: usize,
    taken: Mutex<Taken>,
}

/// The transfers in the order in which they began.
#[derive(Default)]
struct Taken {
    transfers: BTreeMap<u64, Entry>,
    next: u64,
}

struct Entry {
    network: Network,
    answered: Arc<AtomicBool>,
    /// Ends the transfer when it is dropped.
    _keeps: oneshot::Sender<()>,
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
    pub fn new(all: usize, each: usize) -> Arc<Self> {
        Arc::new(Self { all, each, taken: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Frees the place of the oldest transfer whose peer has not answered. If `network` is given, only
    /// its transfers are considered. Returns `false` if every peer has answered.
    fn free(&mut self, network: Option<Network>) -> bool {
        let unanswered = self.transfers.iter().find(|(_, entry)| {
            network.is_none_or(|network| network == entry.network) && !entry.answered.load(Ordering::Relaxed)
        });
        let Some(number) = unanswered.map(|(number, _)| *number) else { return false };
        self.transfers.remove(&number).is_some()
    }
}

impl Place {
    /// Takes a place for a transfer with a peer in this network, or that of a transfer whose peer has
    /// not answered.
    pub fn take(of: &Arc<Places>, network: Network) -> Option<Self> {
        let mut taken = of.lock();
        let here = taken.transfers.values().filter(|entry| entry.network == network).count();
        if here >= of.each && !taken.free(Some(network)) {
            return None;
        }
        if taken.transfers.len() >= of.all && !taken.free(None) {
            return None;
        }
        let (keeps, lost) = oneshot::channel();
        let answered = Arc::<AtomicBool>::default();
        let number = taken.next;
        taken.next += 1;
        taken.transfers.insert(number, Entry { network, answered: Arc::clone(&answered), _keeps: keeps });
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
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn the_oldest_transfer_without_an_answer_gives_way() {
        let places = Places::new(3, 2);
        let [ada, bob, eve] = [1, 2, 3].map(|last| IpAddr::from([127, 0, 0, last]).into());
        let take = |network| Place::take(&places, network);
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
}
