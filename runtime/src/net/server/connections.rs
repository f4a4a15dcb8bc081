//! Counting and shutting down the connections of a server.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::address::Place;
use super::held::{Held, Total};
use super::limits::Limits;
use super::repeated::Repeated;
use super::stats::Counters;
use crate::net::connection::outbox::{Outbox, Stage};

/// The time that connections have after the drain time is over: one second for the last flush, and
/// some for the handler's `closed`.
const GRACE: Duration = Duration::from_secs(2);

/// The connections of a server.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    open: Mutex<Open>,
    /// Notified when the last connection has ended.
    empty: Notify,
    pub(super) total: Total,
    /// The states of datagram senders that were closed because of an error. Anyone can open and fail
    /// such states, even with forged addresses, so only some of them are logged.
    pub(crate) failed: Repeated,
    /// The malformed datagrams that their senders' states have survived. Only some of them are logged,
    /// for the same reason.
    pub(crate) survived: Repeated,
}

#[derive(Debug, Default)]
struct Open {
    outboxes: HashMap<u64, Arc<Outbox>>,
    /// How many connections each address has, if that is limited.
    places: HashMap<IpAddr, usize>,
    /// The length of the IPv6 prefix that connections are counted by; `None` if they are not
    /// counted by address.
    bits: Option<u8>,
    counters: Option<Counters>,
    next: u64,
}

/// The reason why a connection is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The server already has this many connections.
    Connections(usize),
    /// The server already has this many connections from the address.
    Address(usize),
    /// The connections hold as much memory as allowed.
    Memory,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connections(limit) => write!(f, "{limit} connections are open"),
            Self::Address(limit) => write!(f, "{limit} connections from this address are open"),
            Self::Memory => f.write_str("the connections use all of the memory limit"),
        }
    }
}

impl Open {
    /// Records that a connection from this address has ended.
    fn left(&mut self, place: IpAddr) {
        if let Entry::Occupied(mut here) = self.places.entry(place) {
            *here.get_mut() -= 1;
            if *here.get() == 0 {
                here.remove();
            }
        }
    }
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().outboxes.len()
    }

    /// Admits another connection, if the limits allow it.
    pub(crate) fn admit(
        self: &Arc<Self>,
        limits: &Limits,
        mut outbox: Outbox,
        counters: Option<Counters>,
    ) -> Result<Admitted, Refusal> {
        let mut open = self.lock();
        if open.outboxes.len() >= limits.connections {
            return Err(Refusal::Connections(limits.connections));
        }
        if self.total.bytes() > limits.memory {
            return Err(Refusal::Memory);
        }
        let place = limits
            .per_address
            .and_then(|most| Some((Place::prefix(outbox.ends.peer, limits.ipv6_prefix)?, most)));
        if let Some((place, most)) = place {
            if open.places.get(&place).copied().unwrap_or(0) >= most {
                return Err(Refusal::Address(most));
            }
            *open.places.entry(place).or_default() += 1;
        }
        let id = open.next;
        open.next += 1;
        outbox.held = Held::of(Arc::clone(self));
        let outbox = Arc::new(outbox);
        open.outboxes.insert(id, Arc::clone(&outbox));
        open.counters = counters;
        open.bits = place.map(|_| limits.ipv6_prefix).or(open.bits);
        Ok(Admitted { id, outbox })
    }

    pub(super) fn outboxes(&self) -> Vec<Arc<Outbox>> {
        self.lock().outboxes.values().map(Arc::clone).collect()
    }

    fn advance(&self, stage: Stage) {
        for outbox in self.lock().outboxes.values() {
            outbox.advance(stage);
        }
    }

    /// Lets every connection finish its current work, for at most `time`.
    pub(crate) async fn drain(&self, time: Duration) {
        self.advance(Stage::Draining);
        if timeout(time, self.emptied()).await.is_err() {
            tracing::warn!("closing {} connections that have not finished", self.len());
            self.advance(Stage::Killed);
            if timeout(GRACE, self.emptied()).await.is_err() {
                tracing::error!("{} connections have not ended", self.len());
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

/// An admitted connection. It is counted until the `Admitted` is dropped.
#[doc(hidden)]
pub struct Admitted {
    id: u64,
    pub(crate) outbox: Arc<Outbox>,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.outbox.end();
        let Some(connections) = self.outbox.held.server() else { return };
        connections.total.forget(&self.outbox.held);
        let mut open = connections.lock();
        open.outboxes.remove(&self.id);
        if let Some(place) = open.bits.and_then(|bits| Place::prefix(self.outbox.ends.peer, bits)) {
            open.left(place);
        }
        if let Some(counters) = &open.counters {
            counters.closed();
        }
        if open.outboxes.is_empty() {
            connections.empty.notify_waiters();
        }
    }
}

/// Closes the remaining connections when it is dropped.
pub(crate) struct Stop<'a>(pub(crate) &'a Connections);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.advance(Stage::Killed);
    }
}
