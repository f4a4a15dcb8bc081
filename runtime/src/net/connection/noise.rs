//! Logging of malformed bytes that a connection survives. A peer can send malformed bytes any
//! number of times. So only the first occurrence is logged, and the number of occurrences when the
//! connection ends. Senders of datagrams, of which there can be any number, share one count.

use std::sync::Once;

use tokio::io::{AsyncRead, AsyncWrite};

use super::transport::Transport;
use crate::error::DecodeError;
use crate::frame::Layout;
use crate::stream::Framer;

/// How often a connection has continued after malformed bytes.
#[derive(Debug, Default)]
pub(crate) struct GoneOn(u32);

impl GoneOn {
    /// Records that the connection continues after malformed bytes. Logs the error if it is the
    /// first.
    pub(crate) fn note(&mut self, error: &DecodeError) {
        if self.0 == 0 {
            tracing::warn!("malformed frame {error:#}");
        }
        self.0 = self.0.saturating_add(1);
    }

    /// Logs how often the connection has continued after malformed bytes. To be called when it
    /// ends.
    pub(crate) fn report(&self) {
        log_runs(self.0.into());
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Transport<IO> {
    /// Records that the connection continues after malformed bytes.
    #[cold]
    pub(crate) fn goes_on(&mut self, error: &DecodeError) {
        let Some(senders) = self.senders() else { return self.gone_on.note(error) };
        if let Some(count) = senders.survived.happened() {
            tracing::warn!("skipped {count} malformed datagrams, the last one: {error:#}");
        }
    }
}

/// Logs the first run of noise that a framer has skipped by itself.
pub(crate) fn log_noise(framer: &mut Framer) {
    if let Some(error) = framer.take_untold() {
        tracing::warn!("malformed frame {error:#}");
    }
}

/// Logs, at the end of a connection, the number of runs of noise that its framer has skipped by
/// itself.
pub(crate) fn log_runs_of_noise(framer: &mut Framer) {
    log_noise(framer);
    log_runs(framer.untold_runs());
}

fn log_runs(runs: u64) {
    if runs > 1 {
        tracing::warn!("continued after malformed bytes {runs} times; only the first was logged");
    }
}

/// Logs, once per process, that a handler or a client wants to search for frames of a type that
/// does not allow it.
#[cold]
pub(crate) fn log_once_that_it_cannot_resync<T: Layout>() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::error!(
            "cannot resynchronise: {} has neither a leading constant (`magic`) nor a `max`, so its frames cannot be distinguished from noise",
            T::SCHEMA.name
        );
    });
}
