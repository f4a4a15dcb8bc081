//! The connections of a server: how many there are, and how they are told to end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::limits::Limits;
use super::outbox::{Outbox, Stage};
use super::stats::Counters;

/// How long connections get to say goodbye after the time to drain is over.
const GRACE: Duration = Duration::from_secs(1);

/// The connections of a server.
#[derive(Debug, Default)]
pub(crate) struct Fleet {
    members: Mutex<Members>,
    /// Told when the last one has left.
    empty: Notify,
}

#[derive(Debug, Default)]
struct Members {
    outboxes: HashMap<u64, Arc<Outbox>>,
    next: u64,
}

impl Fleet {
    fn lock(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().outboxes.len()
    }

    /// A place for another connection, if there is one.
    pub(crate) fn admit(
        self: &Arc<Self>,
        limits: &Limits,
        outbox: Outbox,
        counters: Option<Counters>,
    ) -> Option<Member> {
        let mut members = self.lock();
        if members.outboxes.len() >= limits.connections {
            return None;
        }
        let id = members.next;
        members.next += 1;
        let outbox = Arc::new(outbox);
        members.outboxes.insert(id, Arc::clone(&outbox));
        Some(Member { fleet: Arc::clone(self), id, outbox, counters })
    }

    fn advance(&self, stage: Stage) {
        for outbox in self.lock().outboxes.values() {
            outbox.advance(stage);
        }
    }

    /// Lets every connection finish what it is about, for at most `time`.
    pub(crate) async fn drain(&self, time: Duration) {
        self.advance(Stage::Draining);
        if timeout(time, self.emptied()).await.is_err() {
            tracing::warn!("closing {} connections that are not done", self.len());
            self.advance(Stage::Killed);
            if timeout(GRACE, self.emptied()).await.is_err() {
                tracing::error!("{} connections do not end", self.len());
            }
        }
    }

    async fn emptied(&self) {
        loop {
            let empty = self.empty.notified();
            if self.len() == 0 {
                return;
            }
            empty.await;
        }
    }
}

/// A connection's place in the fleet, given back when dropped.
pub(crate) struct Member {
    fleet: Arc<Fleet>,
    id: u64,
    pub(crate) outbox: Arc<Outbox>,
    counters: Option<Counters>,
}

impl Drop for Member {
    fn drop(&mut self) {
        self.outbox.end();
        let mut members = self.fleet.lock();
        members.outboxes.remove(&self.id);
        if let Some(counters) = &self.counters {
            counters.closed();
        }
        if members.outboxes.is_empty() {
            self.fleet.empty.notify_waiters();
        }
    }
}

/// Closes what is left of a fleet when dropped.
pub(crate) struct Stop<'a>(pub(crate) &'a Fleet);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.advance(Stage::Killed);
    }
}
