//! The places of a server for concurrent transfers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use argon2::password_hash::rand_core::{OsRng, RngCore};
use framewright_examples::Network;
use tokio::sync::oneshot;

/// How long a client at least has to answer before another request from its network takes its place.
const ROUND_TRIP: Duration = Duration::from_millis(100);

/// The concurrent transfers of a server, with a limit for all of them and one for each network.
pub struct Places {
    all: usize,
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    transfers: HashMap<u64, Entry>,
    next: u64,
}

struct Entry {
    network: Network,
    begun: Instant,
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
    /// Frees the place of one of these transfers, whose peer has not answered yet. Returns `false` if
    /// all of them have an answer.
    ///
    /// The transfer is chosen at random. If the oldest were chosen, nobody whose answer takes a little
    /// longer than a flood of forged requests needs to take all places could begin a transfer.
    fn free(&mut self, of: impl Fn(&Entry) -> bool) -> bool {
        let unanswered =
            self.transfers.iter().filter(|(_, entry)| of(entry) && !entry.answered.load(Ordering::Relaxed));
        let unanswered: Vec<u64> = unanswered.map(|(number, _)| *number).collect();
        let count = u64::try_from(unanswered.len()).unwrap_or(u64::MAX);
        let any = OsRng.next_u64().checked_rem(count).and_then(|any| usize::try_from(any).ok());
        let chosen = any.and_then(|any| unanswered.get(any));
        chosen.is_some_and(|number| self.transfers.remove(number).is_some())
    }
}

impl Place {
    /// Takes a place for a transfer with a peer of this network, or that of a transfer whose peer has
    /// not answered yet. Within a network it must have had the time for an answer: several of its
    /// machines may ask at once, and one that is left out asks again. In a flood of forged requests all
    /// unanswered transfers are young, so beyond the limit of all any of them gives way.
    pub fn take(of: &Arc<Places>, network: Network, now: Instant) -> Option<Self> {
        let mut taken = of.lock();
        let here = taken.transfers.values().filter(|entry| entry.network == network).count();
        let late = |entry: &Entry| entry.network == network && now >= entry.begun + ROUND_TRIP;
        if here >= of.each && !taken.free(late) {
            return None;
        }
        if taken.transfers.len() >= of.all && !taken.free(|_| true) {
            return None;
        }
        let (keeps, lost) = oneshot::channel();
        let answered = Arc::<AtomicBool>::default();
        let number = taken.next;
        taken.next += 1;
        let entry = Entry { network, begun: now, answered: Arc::clone(&answered), _keeps: keeps };
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
    use std::net::IpAddr;

    use super::*;

    fn is_lost(place: &mut Place) -> bool {
        place.lost.try_recv() == Err(oneshot::error::TryRecvError::Closed)
    }

    #[test]
    fn a_transfer_without_an_answer_gives_way() {
        let places = Places::new(3, 2);
        let [ada, bob, eve] = [1, 2, 3].map(|last| IpAddr::from([127, 0, 0, last]).into());
        let begun = Instant::now();
        let take = |network| Place::take(&places, network, begun);
        let (mut first, mut second) = (take(ada).unwrap(), take(ada).unwrap());
        first.answered.store(true, Ordering::Relaxed);
        assert!(take(ada).is_none(), "the second one may still answer");
        let third = Place::take(&places, ada, begun + ROUND_TRIP).unwrap();
        assert!(!is_lost(&mut first) && is_lost(&mut second));
        third.answered.store(true, Ordering::Relaxed);
        assert!(Place::take(&places, ada, begun + ROUND_TRIP * 9).is_none(), "both transfers are under way");
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

    /// At 10,000 forged requests a second, 10 arrive while a peer takes 1 ms to answer, 50 in 5 ms, and
    /// 200 in 20 ms. A place is then kept with a probability of 90 %, 60 % and 13 %.
    #[test]
    fn a_flood_of_forged_requests_leaves_places_to_others() {
        let places = Places::new(100, 10);
        let now = Instant::now();
        let take = |address: [u8; 4]| Place::take(&places, IpAddr::from(address).into(), now).unwrap();
        let mut forged = (0..u32::MAX).map(|number| take(number.to_be_bytes()));
        let mut flood: Vec<_> = forged.by_ref().take(100).collect();
        for (meanwhile, expected) in [(10, 850..950), (50, 500..700), (200, 70..200)] {
            let kept = (0..1000).filter(|_| {
                let mut honest = take([255, 255, 255, 255]);
                flood.extend(forged.by_ref().take(meanwhile));
                flood.retain_mut(|place| !is_lost(place));
                assert!(flood.len() >= 99, "the server stays full");
                !is_lost(&mut honest)
            });
            let kept = kept.count();
            assert!(expected.contains(&kept), "{kept} of 1000 places are kept");
        }
    }
}
