//! Ctrl-C.

use std::io;

/// Ctrl-C, heard from when this is made: one that comes while a program begins is not lost.
pub(in crate::cli) struct Interrupt {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
    #[cfg(windows)]
    signal: tokio::signal::windows::CtrlC,
}

impl Interrupt {
    /// Begins to listen, within a runtime.
    pub(in crate::cli) fn new() -> io::Result<Self> {
        #[cfg(unix)]
        let signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
        #[cfg(windows)]
        let signal = tokio::signal::windows::ctrl_c()?;
        Ok(Self { signal })
    }

    /// Waits for it.
    pub(in crate::cli) async fn heard(&mut self) {
        // There is no end of signals but that of the runtime.
        let _ = self.signal.recv().await;
    }
}
