//! Accounting of the memory in the buffers of a server's connections, for each connection and in
//! total.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::address::Place;
use super::connections::Connections;
use super::limits::Limits;
use crate::net::connection::outbox::{Outbox, Stage};

/// The time within which a frame or a part of a body counts as recent progress. Connections with
/// recent progress are closed last.
const RECENTLY: Duration = Duration::from_secs(10);

/// Changes smaller than this number of bytes are not reported.
const GRAIN: usize = 4096;

/// The memory held by one connection. It is stored in the connection's outbox, where the server
/// finds it.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// The connections of the server; `None` for a connection without a server.
    server: Option<Arc<Connections>>,
    bytes: AtomicUsize,
    /// When the connection began to hold memory or last made progress, whichever is later. In
    /// [ticks](Total::now), because an `Instant` would need more memory in each connection.
    since: AtomicU32,
    /// When a frame or a part of a body was last completed, plus one tick; 0 if that has not
    /// happened yet.
    progress: AtomicU32,
}

impl Held {
    /// Creates the account of a connection of this server.
    pub(super) fn of(server: Arc<Connections>) -> Self {
        Self { server: Some(server), ..Self::default() }
    }

    pub(crate) fn server(&self) -> Option<&Arc<Connections>> {
        self.server.as_ref()
    }
}

impl Outbox {
    /// Reports that the connection holds `bytes`, and whether it has made progress since the last
    /// report. The server may then close connections, including this one.
    #[inline]
    pub(crate) fn tell_held(&self, bytes: usize, progress: &mut bool, limits: &Limits) {
        let got_on = *progress && bytes >= GRAIN;
        if got_on || bytes / GRAIN != self.held.bytes.load(Ordering::Relaxed) / GRAIN {
            if let Some(server) = self.held.server() {
                server.hold(self, bytes, std::mem::take(progress), limits);
            }
        }
    }
}

/// Converts a time into ticks of a sixteenth of a second.
fn ticks(time: Duration) -> u32 {
    u32::try_from(time.as_millis() * 16 / 1000).unwrap_or(u32::MAX)
}

/// The memory held by all connections of a server.
#[derive(Debug)]
pub(super) struct Total {
    bytes: AtomicUsize,
    start: Instant,
}

impl Default for Total {
    fn default() -> Self {
        Self { bytes: AtomicUsize::new(0), start: Instant::now() }
    }
}

impl Total {
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Returns the time since the server's start in ticks, which do not overflow for years.
    fn now(&self) -> u32 {
        ticks(self.start.elapsed())
    }

    /// Sets the memory held by one connection.
    fn set(&self, held: &Held, bytes: usize) {
        // With this order, one of two threads that report and forget the same memory sees the other.
        let before = held.bytes.swap(bytes, Ordering::AcqRel);
        if bytes >= before {
            self.bytes.fetch_add(bytes - before, Ordering::Relaxed);
        } else {
            self.bytes.fetch_sub(before - bytes, Ordering::Relaxed);
        }
    }

    /// Removes the memory of a connection, which holds none any more.
    pub(super) fn forget(&self, held: &Held) {
        self.set(held, 0);
    }
}

impl Connections {
    /// Sets the memory held by a connection, and closes connections if all of them together hold
    /// more than the limit.
    #[cold]
    fn hold(&self, outbox: &Outbox, bytes: usize, progress: bool, limits: &Limits) {
        if outbox.stage() == Stage::Killed {
            return;
        }
        let (held, now) = (&outbox.held, self.total.now());
        if progress {
            held.progress.store(now + 1, Ordering::Relaxed);
        }
        if progress || held.bytes.load(Ordering::Relaxed) == 0 {
            held.since.store(now, Ordering::Relaxed);
        }
        self.total.set(held, bytes);
        // A connection that has ended meanwhile may have been forgotten already.
        if outbox.stage() >= Stage::Ended {
            self.total.forget(held);
        }
        if self.total.bytes() > limits.memory {
            // The target is a sixteenth below the limit, so that the limit is not exceeded again
            // after a few bytes.
            self.make_room(limits.memory - limits.memory / 16, limits.ipv6_prefix);
        }
    }

    /// Closes connections until all of them together hold at most `most` bytes. Each step takes the
    /// address whose connections hold most, and closes the connection there that has held memory
    /// longest without progress. Connections with recent progress are closed last.
    fn make_room(&self, most: usize, ipv6_prefix: u8) {
        let mut places = self.by_place(ipv6_prefix);
        while self.total.bytes() > most {
            let Some(place) = places.iter_mut().max_by_key(|place| place.bytes) else { break };
            let Some((_, bytes, outbox)) = place.holders.pop() else { break };
            place.bytes = place.bytes.saturating_sub(bytes);
            self.total.forget(&outbox.held);
            outbox.evict();
        }
    }

    /// Returns the connections that hold memory, by address. The connections to be closed first are
    /// at the end.
    fn by_place(&self, ipv6_prefix: u8) -> Vec<Holders> {
        let recent = self.total.now().saturating_sub(ticks(RECENTLY));
        let mut places: HashMap<Option<IpAddr>, Holders> = HashMap::new();
        for outbox in self.outboxes() {
            let held = &outbox.held;
            let bytes = held.bytes.load(Ordering::Relaxed);
            if bytes == 0 {
                continue;
            }
            let place = places.entry(Place::prefix(outbox.ends.peer, ipv6_prefix)).or_default();
            let gets_on = held.progress.load(Ordering::Relaxed) > recent;
            place.bytes += bytes;
            place.holders.push(((gets_on, held.since.load(Ordering::Relaxed)), bytes, outbox));
        }
        let mut places: Vec<Holders> = places.into_values().collect();
        for place in &mut places {
            place.holders.sort_unstable_by_key(|holder| std::cmp::Reverse(holder.0));
        }
        places
    }
}

/// The connections of one address that hold memory. For each: whether it makes progress, since when
/// it holds memory, how much it holds, and its outbox.
#[derive(Default)]
struct Holders {
    bytes: usize,
    holders: Vec<((bool, u32), usize, Arc<Outbox>)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::connection::outbox::Ends;

    #[test]
    fn a_connection_that_has_ended_holds_nothing() {
        let (connections, limits) = (Arc::new(Connections::default()), Limits::new());
        let anywhere = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let outbox = Outbox::new(1024, Ends::new(anywhere, anywhere));
        let Ok(admitted) = connections.admit(&limits, outbox, None) else { panic!("refused") };
        let outbox = Arc::clone(&admitted.outbox);
        outbox.tell_held(10_000, &mut false, &limits);
        assert_eq!(connections.total.bytes(), 10_000);
        drop(admitted);
        // A handler in another task may not have noticed yet.
        outbox.tell_held(20_000, &mut false, &limits);
        assert_eq!(connections.total.bytes(), 0);
    }
}
