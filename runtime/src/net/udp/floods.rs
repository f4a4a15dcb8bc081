//! Logging of events that anyone can repeat any number of times, even with forged addresses.

use std::fmt;
use std::io;

use crate::net::server::repeated::Repeated;

/// The repeated events of a UDP server. Each kind is logged once, and then only counted for a while.
#[derive(Debug, Default)]
pub(super) struct Floods {
    dropped: Repeated,
    failed: Repeated,
    unsent: Repeated,
}

impl Floods {
    pub(super) fn log_dropped(&self, why: impl fmt::Display) {
        if let Some(count) = self.dropped.happened() {
            tracing::warn!("dropped {count} datagrams, the last one because of: {why}");
        }
    }

    pub(super) fn log_failed(&self, why: impl fmt::Display) {
        if let Some(count) = self.failed.happened() {
            tracing::warn!("the handlers of {count} datagrams failed, the last one: {why}");
        }
    }

    /// Logs a reply that the system refuses. Such a reply is treated as lost.
    pub(super) fn log_unsent(&self, len: usize, error: &io::Error) {
        if let Some(count) = self.unsent.happened() {
            tracing::warn!("{count} replies were not sent, the last one of {len} bytes: {error}");
        }
    }
}
