//! The store of the newest frames, within limits.

use std::collections::VecDeque;
use std::string::String;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec::Vec;

use tokio::sync::watch;

use super::super::traffic::Record;
use super::shown;

/// The maximum number of stored frames. The oldest frames are dropped first.
const FRAMES: usize = 100_000;

/// The maximum memory of all stored frames in bytes. The oldest frames are dropped first.
const BYTES: usize = 128 << 20;

/// The maximum overhead of a stored frame in bytes, in addition to its bytes and texts.
const OVERHEAD: usize = 400;

pub(super) struct Entry {
    /// The number of the frame. Numbers are not reused.
    pub(super) id: u64,
    pub(super) record: Record,
    /// Whether the frame is from the page's own connection.
    pub(super) is_own: bool,
    pub(super) summary: String,
    /// The error of a malformed frame.
    pub(super) fault: Option<String>,
}

impl Entry {
    fn cost(&self) -> usize {
        let seen = match &self.record.what {
            super::super::traffic::What::Malformed(fault) => fault.seen.len(),
            _ => 0,
        };
        let texts = self.summary.len() + self.fault.as_ref().map_or(0, String::len);
        OVERHEAD + self.record.bytes.len() + seen + texts
    }
}

/// The number of stored frames, and of frames that were dropped.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    /// The number of the oldest stored frame.
    pub(super) first: u64,
    pub(super) kept: usize,
    pub(super) dropped: u64,
}

struct Kept {
    entries: VecDeque<Arc<Entry>>,
    next: u64,
    cost: usize,
    dropped: u64,
    most: [usize; 2],
}

pub(super) struct Store {
    kept: Mutex<Kept>,
    /// Notified of every change of the stored frames.
    news: watch::Sender<()>,
}

impl Store {
    pub(super) fn new() -> Self {
        Self::within([FRAMES, BYTES])
    }

    fn within(most: [usize; 2]) -> Self {
        let kept = Kept { entries: VecDeque::new(), next: 0, cost: 0, dropped: 0, most };
        Self { kept: Mutex::new(kept), news: watch::Sender::new(()) }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // No code panics while it holds the lock, so a poisoned lock is still consistent.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds records, and drops the oldest ones if the limits are exceeded.
    pub(super) fn add(&self, records: Vec<Record>, is_own: bool) {
        for record in records {
            let (summary, fault) = (shown::summary(&record), record.fault());
            let mut kept = self.lock();
            let entry = Entry { id: kept.next, record, is_own, summary, fault };
            kept.next += 1;
            kept.cost += entry.cost();
            kept.entries.push_back(Arc::new(entry));
            kept.bound();
        }
        self.news.send_replace(());
    }

    pub(super) fn clear(&self) {
        let mut kept = self.lock();
        let old = std::mem::take(&mut kept.entries);
        (kept.cost, kept.dropped) = (0, 0);
        drop(kept);
        drop(old);
        self.news.send_replace(());
    }

    /// Returns at most `most` frames with numbers from `id` on, and the counts.
    pub(super) fn from(&self, id: u64, most: usize) -> (Vec<Arc<Entry>>, Counts) {
        let kept = self.lock();
        let start = kept.entries.partition_point(|entry| entry.id < id);
        (kept.entries.iter().skip(start).take(most).cloned().collect(), kept.counts())
    }

    pub(super) fn get(&self, id: u64) -> Option<Arc<Entry>> {
        self.from(id, 1).0.into_iter().find(|entry| entry.id == id)
    }

    /// Returns a receiver that is notified of changes.
    pub(super) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }
}

impl Kept {
    fn counts(&self) -> Counts {
        let first = self.entries.front().map_or(self.next, |entry| entry.id);
        Counts { first, kept: self.entries.len(), dropped: self.dropped }
    }

    fn bound(&mut self) {
        let [frames, cost] = self.most;
        while self.entries.len() > frames || (self.cost > cost && self.entries.len() > 1) {
            let Some(oldest) = self.entries.pop_front() else { return };
            self.cost = self.cost.saturating_sub(oldest.cost());
            self.dropped += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::frames::Frames as _;
    use super::super::super::traffic::{Connection, Direction, What};
    use super::*;
    use crate::prelude::*;

    #[derive(Frame)]
    struct Byte(u8);

    fn record(byte: u8) -> Record {
        Record {
            time: None,
            connection: Arc::new(Connection::default()),
            direction: Direction::Unknown,
            offset: 0,
            bytes: std::vec![byte].into(),
            kind: Byte::kinds().remove(0),
            what: What::Frame,
        }
    }

    fn kept(store: &Store) -> (Vec<u64>, u64, u64) {
        let (entries, counts) = store.from(0, usize::MAX);
        assert_eq!(counts.kept, entries.len());
        (entries.iter().map(|entry| entry.id).collect(), counts.first, counts.dropped)
    }

    #[test]
    fn the_oldest_are_dropped_and_counted() {
        let store = Store::within([3, usize::MAX]);
        store.add((0..5).map(record).collect(), false);
        assert_eq!(kept(&store), (std::vec![2, 3, 4], 2, 2));
        assert!(store.get(1).is_none());
        assert_eq!(store.get(2).map(|entry| entry.summary.clone()).as_deref(), Some("2"));
        store.clear();
        assert_eq!(kept(&store), (Vec::new(), 5, 0));
    }

    #[test]
    fn memory_is_bounded_except_for_the_newest_frame() {
        let store = Store::within([usize::MAX, 2 * OVERHEAD]);
        store.add((0..4).map(record).collect(), false);
        assert_eq!(kept(&store), (std::vec![3], 3, 3));
    }

    #[test]
    fn receivers_are_notified_of_new_frames() {
        let store = Store::new();
        let news = store.news();
        assert!(!news.has_changed().unwrap());
        store.add(Vec::from([record(1)]), true);
        assert!(news.has_changed().unwrap());
    }
}
