//! Counters of a server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::net::connection::close::CloseReason;

/// What a server has done so far, counted from its start.
///
/// ```no_run
/// # use framewright::prelude::*;
/// # #[derive(Frame)]
/// # #[frame(be)]
/// # struct Text { #[len_prefixed] text: String }
/// # async fn f() -> framewright::Result<()> {
/// let mut server = Server::new(async |msg: Text| msg);
/// let counters = server.counters();
/// tokio::spawn(server.bind("127.0.0.1:8888").await?.serve());
///
/// let stats = counters.snapshot();
/// println!("{} connections, {} frames", stats.open(), stats.frames);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Connections that were accepted.
    pub accepted: u64,
    /// Connections that were refused because there were too many.
    pub refused: u64,
    /// Connections that have ended.
    pub closed: u64,
    /// Frames that have arrived.
    pub frames: u64,
    /// Bytes that were read.
    pub bytes_in: u64,
    /// Bytes that were written.
    pub bytes_out: u64,
    /// Frames that were malformed. A run of noise is one.
    pub malformed: u64,
    /// Bytes that were passed over to find the next frame; see [`Malformed::Resync`](crate::net::Malformed::Resync).
    pub passed_over: u64,
    /// Connections that ran into a limit on time.
    pub timeouts: u64,
    /// Connections that were closed because all of them together held too much memory.
    pub evicted: u64,
    /// Connections whose handler failed with an error.
    pub failures: u64,
    /// Connections whose handler panicked.
    pub panics: u64,
}

impl Stats {
    /// Connections that are open.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.accepted.saturating_sub(self.closed)
    }
}

/// A handle on the counters of a server. A server that was not asked for one
/// counts nothing.
#[derive(Clone, Debug, Default)]
pub struct Counters(Arc<Cells>);

#[derive(Debug, Default)]
struct Cells {
    accepted: AtomicU64,
    refused: AtomicU64,
    closed: AtomicU64,
    frames: AtomicU64,
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
    malformed: AtomicU64,
    passed_over: AtomicU64,
    timeouts: AtomicU64,
    evicted: AtomicU64,
    failures: AtomicU64,
    panics: AtomicU64,
}

impl Counters {
    /// What they say now. Counters that move at the same time may be one apart.
    #[must_use]
    pub fn snapshot(&self) -> Stats {
        let get = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
        // Closed before accepted: a connection in between is open, not less than none.
        let closed = get(&self.0.closed);
        Stats {
            accepted: get(&self.0.accepted),
            refused: get(&self.0.refused),
            closed,
            frames: get(&self.0.frames),
            bytes_in: get(&self.0.bytes_in),
            bytes_out: get(&self.0.bytes_out),
            malformed: get(&self.0.malformed),
            passed_over: get(&self.0.passed_over),
            timeouts: get(&self.0.timeouts),
            evicted: get(&self.0.evicted),
            failures: get(&self.0.failures),
            panics: get(&self.0.panics),
        }
    }

    pub(crate) fn accepted(&self) {
        add(&self.0.accepted, 1);
    }

    pub(crate) fn refused(&self) {
        add(&self.0.refused, 1);
    }

    pub(crate) fn handled(&self, frames: u32, malformed: u32) {
        self.0.frames.fetch_add(frames.into(), Ordering::Relaxed);
        if malformed > 0 {
            self.0.malformed.fetch_add(malformed.into(), Ordering::Relaxed);
        }
    }

    pub(crate) fn passed_over(&self, bytes: u64) {
        if bytes > 0 {
            self.0.passed_over.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    pub(crate) fn read(&self, bytes: usize) {
        add(&self.0.bytes_in, bytes);
    }

    pub(crate) fn wrote(&self, bytes: usize) {
        add(&self.0.bytes_out, bytes);
    }

    pub(crate) fn ended(&self, why: &CloseReason) {
        match why {
            CloseReason::Timeout(_) => add(&self.0.timeouts, 1),
            CloseReason::Memory => add(&self.0.evicted, 1),
            CloseReason::Panic => add(&self.0.panics, 1),
            CloseReason::Handler(close) if close.error().is_some() => add(&self.0.failures, 1),
            CloseReason::Handler(_)
            | CloseReason::Malformed(_)
            | CloseReason::Eof
            | CloseReason::Io(_)
            | CloseReason::Drain => {}
        }
    }

    /// A connection has given its place back.
    pub(crate) fn closed(&self) {
        add(&self.0.closed, 1);
    }
}

#[inline]
fn add(cell: &AtomicU64, count: usize) {
    cell.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
}
