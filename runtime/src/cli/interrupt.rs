//! Waiting for Ctrl-C.

use std::io;

/// A listener for Ctrl-C. Listening begins when it is created, so that a Ctrl-C during startup is
/// not lost.
pub(in crate::cli) struct Interrupt {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
    #[cfg(windows)]
    signal: tokio::signal::windows::CtrlC,
}

impl Interrupt {
    /// Starts listening. Must be called within a runtime.
    pub(in crate::cli) fn new() -> io::Result<Self> {
        #[cfg(unix)]
        let signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
        #[cfg(windows)]
        let signal = tokio::signal::windows::ctrl_c()?;
        Ok(Self { signal })
    }

    /// Waits for Ctrl-C.
    pub(in crate::cli) async fn heard(&mut self) {
        // `recv` returns `None` only when the runtime ends.
        let _ = self.signal.recv().await;
    }
}
