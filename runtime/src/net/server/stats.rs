//! Counters of a server.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::net::connection::close::CloseReason;

/// The values of a server's counters since its start.
///
/// `bytes_out` is counted after the bytes are written, so it may lag behind what the peer has
/// received. `frames`, `malformed` and `passed_over` are counted when the frames that have arrived
/// are handled, before the replies are written. So they are up to date when a reply arrives, unless
/// the handler waits. In a session, a reply may arrive before its request is counted.
///
/// A [UDP server](crate::net::udp::Server) has the same counters. The state of a sender is its
/// connection; a closure keeps no states, so it has no connections. `refused` counts the datagrams
/// that were dropped because of a limit, or because the state of their sender was closed before they
/// were handled. A datagram above [`Limits::frame`](crate::net::Limits::frame) is `malformed`.
/// `failures` and `panics` of a closure count datagrams.
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
    /// Connections that were refused because of a limit.
    pub refused: u64,
    /// Connections that have ended.
    pub closed: u64,
    /// Frames received.
    pub frames: u64,
    /// Bytes read.
    pub bytes_in: u64,
    /// Bytes written.
    pub bytes_out: u64,
    /// Malformed frames. A run of noise counts as one.
    pub malformed: u64,
    /// Bytes that were skipped to find the next frame; see
    /// [`Malformed::Resync`](crate::net::Malformed::Resync).
    pub passed_over: u64,
    /// Connections closed by a time limit.
    pub timeouts: u64,
    /// Connections closed because all connections together held too much memory.
    pub evicted: u64,
    /// Connections that ended with an error of their handler.
    pub failures: u64,
    /// Connections that ended with a panic of their handler.
    pub panics: u64,
}

impl Stats {
    /// Returns the number of open connections.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.accepted.saturating_sub(self.closed)
    }
}

/// A handle to the counters of a server. A server without such a handle counts nothing, unless the
/// feature `metrics` is enabled.
///
/// # Metrics
///
/// With the feature `metrics` every server counts, and reports to the recorder of the `metrics`
/// facade that is installed when the server is created:
///
/// | counter | field of [`Stats`] |
/// |---|---|
/// | `framewright_connections_accepted_total` | `accepted` |
/// | `framewright_connections_refused_total` | `refused` |
/// | `framewright_connections_closed_total` | `closed` |
/// | `framewright_frames_total` | `frames` |
/// | `framewright_bytes_in_total` | `bytes_in` |
/// | `framewright_bytes_out_total` | `bytes_out` |
/// | `framewright_frames_malformed_total` | `malformed` |
/// | `framewright_bytes_passed_over_total` | `passed_over` |
/// | `framewright_timeouts_total` | `timeouts` |
/// | `framewright_connections_evicted_total` | `evicted` |
/// | `framewright_failures_total` | `failures` |
/// | `framewright_panics_total` | `panics` |
#[derive(Clone, Debug, Default)]
pub struct Counters(Arc<Cells>);

#[derive(Debug)]
struct Cells {
    accepted: Cell,
    refused: Cell,
    closed: Cell,
    frames: Cell,
    bytes_in: Cell,
    bytes_out: Cell,
    malformed: Cell,
    passed_over: Cell,
    timeouts: Cell,
    evicted: Cell,
    failures: Cell,
    panics: Cell,
}

impl Default for Cells {
    fn default() -> Self {
        Self {
            accepted: Cell::new("framewright_connections_accepted_total"),
            refused: Cell::new("framewright_connections_refused_total"),
            closed: Cell::new("framewright_connections_closed_total"),
            frames: Cell::new("framewright_frames_total"),
            bytes_in: Cell::new("framewright_bytes_in_total"),
            bytes_out: Cell::new("framewright_bytes_out_total"),
            malformed: Cell::new("framewright_frames_malformed_total"),
            passed_over: Cell::new("framewright_bytes_passed_over_total"),
            timeouts: Cell::new("framewright_timeouts_total"),
            evicted: Cell::new("framewright_connections_evicted_total"),
            failures: Cell::new("framewright_failures_total"),
            panics: Cell::new("framewright_panics_total"),
        }
    }
}

/// A counter, with the counter of the `metrics` facade that has the same value.
struct Cell {
    count: AtomicU64,
    #[cfg(feature = "metrics")]
    metric: metrics::Counter,
}

impl Cell {
    fn new(name: &'static str) -> Self {
        #[cfg(not(feature = "metrics"))]
        let _ = name;
        Self {
            count: AtomicU64::new(0),
            #[cfg(feature = "metrics")]
            metric: metrics::counter!(name),
        }
    }

    #[inline]
    fn add(&self, count: u64) {
        self.count.fetch_add(count, Ordering::Relaxed);
        #[cfg(feature = "metrics")]
        self.metric.increment(count);
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.count.fmt(f)
    }
}

impl Counters {
    /// Returns the current values. Counters that change together may differ by one.
    #[must_use]
    pub fn snapshot(&self) -> Stats {
        let get = |cell: &Cell| cell.count.load(Ordering::Relaxed);
        // `closed` is read before `accepted`, so that their difference is never negative.
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
        self.0.frames.add(frames.into());
        if malformed > 0 {
            self.0.malformed.add(malformed.into());
        }
    }

    pub(crate) fn passed_over(&self, bytes: u64) {
        if bytes > 0 {
            self.0.passed_over.add(bytes);
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

    /// Counts a connection that has ended.
    pub(crate) fn closed(&self) {
        add(&self.0.closed, 1);
    }
}

#[inline]
fn add(cell: &Cell, count: usize) {
    cell.add(u64::try_from(count).unwrap_or(u64::MAX));
}
