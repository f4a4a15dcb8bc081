//! Logging of malformed bytes that a connection survives. A peer can send malformed bytes any
//! number of times. So only the first ones are logged, and the number of times at the end of the
//! connection.

use std::sync::Once;

use crate::error::DecodeError;
use crate::frame::Layout;
use crate::stream::Framer;

/// The number of times that a connection has survived malformed bytes.
#[derive(Debug, Default)]
pub(crate) struct GoneOn(u32);

impl GoneOn {
    /// Records that the connection survives these malformed bytes, and logs the first malformed
    /// bytes.
    #[cold]
    pub(crate) fn note(&mut self, error: &DecodeError) {
        if self.0 == 0 {
            tracing::warn!("malformed frame {error:#}");
        }
        self.0 = self.0.saturating_add(1);
    }

    /// Logs the number of times at the end of the connection.
    pub(crate) fn report(&self) {
        log_runs(self.0.into());
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

/// Logs, once for each program, that a handler or a client wants to search for frames of a type
/// that does not allow it.
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
