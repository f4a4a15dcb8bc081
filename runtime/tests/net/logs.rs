//! Recording of the log lines on the thread of a test.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing_subscriber::util::SubscriberInitExt;

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Records all log lines as long as the guard exists.
    pub(crate) fn start() -> (Self, impl Drop) {
        let log = Self::default();
        let writer = log.clone();
        let guard =
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).set_default();
        (log, guard)
    }

    /// Returns the number of lines that contain this text.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.text().lines().filter(|line| line.contains(text)).count()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
