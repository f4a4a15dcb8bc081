//! Logging of events that a peer can repeat any number of times.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// An event that is logged when it first happens, and then at most every [`EVERY`](Self::EVERY),
/// with the number of events since the last log entry.
#[derive(Debug)]
pub(crate) struct Repeated {
    start: Instant,
    /// When the event was last logged, in milliseconds from `start`; 0 if it was not logged.
    logged: AtomicU64,
    since: AtomicU64,
}

impl Default for Repeated {
    fn default() -> Self {
        Self { start: Instant::now(), logged: AtomicU64::new(0), since: AtomicU64::new(0) }
    }
}

impl Repeated {
    const EVERY: Duration = Duration::from_secs(10);

    /// Counts the event. If the event is to be logged now, returns the number of events since the
    /// last log entry.
    pub(crate) fn happened(&self) -> Option<u64> {
        self.since.fetch_add(1, Ordering::Relaxed);
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        let logged = self.logged.load(Ordering::Relaxed);
        let every = u64::try_from(Self::EVERY.as_millis()).unwrap_or(u64::MAX);
        let is_due = logged == 0 || now - logged.min(now) >= every;
        // If several threads find that the log entry is due, one of them logs it.
        let is_mine =
            is_due && self.logged.compare_exchange(logged, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        is_mine.then(|| self.since.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_flood_is_logged_now_and_then() {
        let flood = Repeated::default();
        assert_eq!(flood.happened(), Some(1));
        for _ in 0..1000 {
            assert_eq!(flood.happened(), None);
        }
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(flood.happened(), None);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(flood.happened(), Some(1002));
        assert_eq!(flood.happened(), None);
    }
}
