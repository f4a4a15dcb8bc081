//! The counts of a load.

use std::collections::BTreeMap;
use std::string::{String, ToString as _};
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::error::{Error, Result};

/// The maximum recorded latency in nanoseconds. Latencies are recorded with a precision of three
/// digits.
const LONGEST: u64 = 3_600_000_000_000;

/// The maximum number of different errors.
const MOST_ERRORS: usize = 32;

/// The counts of all connections of a load together.
pub(super) struct Tally {
    pub(super) sent: u64,
    pub(super) replies: u64,
    pub(super) sent_bytes: u64,
    pub(super) received_bytes: u64,
    /// The latencies in nanoseconds.
    pub(super) latencies: Histogram<u64>,
    pub(super) errors: BTreeMap<String, u64>,
    /// The duration of the load.
    pub(super) took: Duration,
}

impl Tally {
    pub(super) fn new() -> Result<Self> {
        let latencies =
            Histogram::new_with_bounds(1, LONGEST, 3).map_err(|error| Error::other(error.to_string()))?;
        let (errors, took) = (BTreeMap::new(), Duration::ZERO);
        Ok(Self { sent: 0, replies: 0, sent_bytes: 0, received_bytes: 0, latencies, errors, took })
    }

    /// Records a reply. The latency is counted from the time at which the request was due.
    pub(super) fn reply(&mut self, latency: Duration) {
        self.replies += 1;
        self.latencies.saturating_record(u64::try_from(latency.as_nanos()).unwrap_or(LONGEST).max(1));
    }

    pub(super) fn error(&mut self, why: String, count: u64) {
        let is_known = self.errors.contains_key(&why) || self.errors.len() < MOST_ERRORS;
        *self.errors.entry(if is_known { why } else { "other errors".into() }).or_default() += count;
    }

    /// Returns the latencies, corrected for requests that a pause of the server has delayed.
    ///
    /// At a fixed rate, latencies are measured from the time when a request was due, so there is
    /// nothing to correct. Otherwise each request waits for a reply, so a pause of the server also
    /// delays the requests after it, and these delays are not measured. The latencies of requests
    /// that would have been sent at the usual pace are then added.
    pub(super) fn corrected(&self, is_paced: bool) -> Histogram<u64> {
        match is_paced {
            true => self.latencies.clone(),
            false => self.latencies.clone_correct(self.latencies.value_at_quantile(0.5).max(1)),
        }
    }
}
