//! The connections of a server: how many there are, and how they are told to end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::limits::Limits;
use super::stats::Counters;
use crate::net::connection::outbox::{Outbox, Stage};

/// How long connections get to say goodbye after the time to drain is over.
const GRACE: Duration = Duration::from_secs(1);

/// The connections of a server.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    open: Mutex<Open>,
    /// Told when the last one has left.
    empty: Notify,
}

#[derive(Debug, Default)]
struct Open {
    outboxes: HashMap<u64, Arc<Outbox>>,
    next: u64,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
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
    ) -> Option<Admitted> {
        let mut open = self.lock();
        if open.outboxes.len() >= limits.connections {
            return None;
        }
        let id = open.next;
        open.next += 1;
        let outbox = Arc::new(outbox);
        open.outboxes.insert(id, Arc::clone(&outbox));
        Some(Admitted { connections: Arc::clone(self), id, outbox, counters })
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

/// A connection's place in the connections, given back when dropped.
#[doc(hidden)]
pub struct Admitted {
    connections: Arc<Connections>,
    id: u64,
    pub(crate) outbox: Arc<Outbox>,
    counters: Option<Counters>,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.outbox.end();
        let mut open = self.connections.lock();
        open.outboxes.remove(&self.id);
        if let Some(counters) = &self.counters {
            counters.closed();
        }
        if open.outboxes.is_empty() {
            self.connections.empty.notify_waiters();
        }
    }
}

/// Closes what is left of a connections when dropped.
pub(crate) struct Stop<'a>(pub(crate) &'a Connections);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.advance(Stage::Killed);
    }
}
