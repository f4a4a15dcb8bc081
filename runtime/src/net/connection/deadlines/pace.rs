//! The minimum pace at which the bytes of a body must arrive.

use std::time::Duration;

use tokio::time::Instant;

/// The minimum pace of a body: [`Pace::PART`] bytes in a time that is counted only while the body
/// is read.
#[derive(Debug)]
pub(super) struct Pace {
    time: Duration,
    /// The remaining time for this part, while the body is not being read.
    left: Duration,
    due: Option<Instant>,
    /// Number of bytes of this part that have arrived.
    read: usize,
}

impl Pace {
    /// Number of bytes of a body that are due within
    /// [`Limits::slow_sender`](crate::net::Limits::slow_sender).
    const PART: usize = 16 * 1024;

    pub(super) fn new(time: Duration) -> Self {
        Self { time, left: time, due: None, read: 0 }
    }

    pub(super) fn resume(&mut self, now: Instant) -> Option<Instant> {
        if self.due.is_none() {
            self.due = now.checked_add(self.left);
        }
        self.due
    }

    pub(super) fn pause(&mut self, now: Instant) {
        if let Some(due) = self.due.take() {
            self.left = due.saturating_duration_since(now);
        }
    }

    pub(super) fn read(&mut self, bytes: usize, now: Instant) {
        self.pause(now);
        self.read += bytes;
        if self.read >= Self::PART {
            (self.left, self.read) = (self.time, 0);
        }
    }
}
