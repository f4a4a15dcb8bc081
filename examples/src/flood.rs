//! Limits log lines about events that clients can cause at any rate.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// An event that is logged when it first happens, and then at most once in `Flood::EVERY`, with a
/// count. Otherwise a client could flood the log.
#[derive(Debug)]
pub struct Flood(Mutex<State>);

#[derive(Debug)]
struct State {
    logged: Option<Instant>,
    since: u64,
}

impl Flood {
    /// The minimum time between two lines.
    const EVERY: Duration = Duration::from_secs(10);

    /// Creates an event that has not happened yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(State { logged: None, since: 0 }))
    }

    /// Counts an occurrence. If a line is due, calls `log` with the count since the last line.
    pub fn happened(&self, log: impl FnOnce(u64)) {
        self.happened_at(Instant::now(), log);
    }

    fn happened_at(&self, now: Instant, log: impl FnOnce(u64)) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.since += 1;
        if state.logged.is_some_and(|last| now.saturating_duration_since(last) < Self::EVERY) {
            return;
        }
        state.logged = Some(now);
        let count = std::mem::take(&mut state.since);
        drop(state);
        log(count);
    }
}

impl Default for Flood {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_a_line_now_and_then() {
        let (flood, start, mut lines) = (Flood::new(), Instant::now(), Vec::new());
        for second in 0..25 {
            let now = start + Duration::from_secs(second);
            for _ in 0..100 {
                flood.happened_at(now, |count| lines.push((second, count)));
            }
        }
        assert_eq!(lines, [(0, 1), (10, 1000), (20, 1000)]);
    }
}
