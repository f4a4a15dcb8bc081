//! Options of async and blocking clients.

use std::borrow::ToOwned;
use std::string::String;
use std::time::Duration;
use std::{fmt, format, io};

use crate::error::{Error, Result};
use crate::frame::Layout;
use crate::stream::{Framer, can_resync};

/// Options of clients and sessions.
///
/// | option | default |
/// |---|---|
/// | [`connect_timeout`](Self::connect_timeout) | 10 s |
/// | [`request_timeout`](Self::request_timeout) | 30 s |
/// | [`max_frame`](Self::max_frame) | 1 MiB |
/// | [`per_read`](Self::per_read) | off |
/// | [`resync`](Self::resync) | off |
///
/// ```
/// use framewright::ClientOptions;
/// use std::time::Duration;
///
/// let options = ClientOptions::new().request_timeout(Duration::from_secs(2)).max_frame(64 << 20);
/// ```
#[derive(Clone, Debug)]
pub struct ClientOptions {
    connect_timeout: Option<Duration>,
    pub(crate) request_timeout: Option<Duration>,
    max_frame: usize,
    per_read: bool,
    resyncs: bool,
}

impl ClientOptions {
    /// Creates options with the defaults of the table above.
    #[must_use]
    pub fn new() -> Self {
        Self {
            connect_timeout: Some(Duration::from_secs(10)),
            request_timeout: Some(Duration::from_secs(30)),
            max_frame: Framer::DEFAULT_LIMIT,
            per_read: false,
            resyncs: false,
        }
    }

    /// Sets the timeout for connecting. `None` leaves the timeout to the system. A client that
    /// reconnects has this time for each attempt.
    #[must_use]
    pub fn connect_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = time.into();
        self
    }

    /// Sets the timeout of a `call`, from sending the request to receiving the whole reply. `None`
    /// means no timeout.
    #[must_use]
    pub fn request_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.request_timeout = time.into();
        self
    }

    /// Sets the maximum size of a received frame in bytes, like `Limits::frame` for a server.
    #[must_use]
    pub fn max_frame(mut self, bytes: usize) -> Self {
        self.max_frame = bytes;
        self
    }

    /// Treats each read as one frame, for peers that send messages without framing.
    #[must_use]
    pub fn per_read(mut self) -> Self {
        self.per_read = true;
        self
    }

    /// Skips malformed bytes up to the next possible start of a frame, for noisy lines. This
    /// applies to async and blocking clients, to their receiving halves, and to sessions; and to
    /// owned frames, borrowed frames and frames with context. The first malformed bytes of a
    /// connection are logged. When the connection ends, it is logged how often bytes were skipped.
    /// Blocking clients and sessions log nothing.
    ///
    /// A frame can begin at its leading constant ([`Layout::SYNC`](crate::Layout::SYNC)), or
    /// anywhere if the type has a `frame(max = N)` instead. A client refuses to connect for a frame
    /// type that has neither. In a session, malformed bytes instead of such a frame are an error,
    /// as without this option, and a warning is logged once. When a session [continues as a
    /// handler](crate::net::Session::serve), the handler decides. The cost is bounded: see
    /// [`Framer::resync`](crate::stream::Framer::resync).
    ///
    /// ```
    /// use framewright::ClientOptions;
    ///
    /// let options = ClientOptions::new().resync(true);
    /// ```
    #[must_use]
    pub fn resync(mut self, resync: bool) -> Self {
        self.resyncs = resync;
        self
    }

    /// Returns an error if the option `resync` is on, but impossible for frames of type `R`, which a
    /// server at `address` sends.
    pub(crate) fn check<R: Layout>(&self, address: &impl fmt::Debug) -> Result<()> {
        if !self.resyncs || self.per_read || can_resync::<R>() {
            return Ok(());
        }
        let why = format!(
            "`ClientOptions::resync` cannot find frames of {}: it has neither a leading constant (`magic`) nor a `max`",
            R::SCHEMA.name
        );
        let source = io::Error::new(io::ErrorKind::InvalidInput, why);
        Err(Error::Connect { address: as_given(address), source })
    }

    pub(crate) fn framer(&self) -> Framer {
        Framer::new().limit(self.max_frame).per_read(self.per_read).resyncs(self.resyncs)
    }

    /// Returns the connect timeout in a form that all systems accept. `None` becomes one day.
    pub(crate) fn time_to_connect(&self) -> Duration {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        self.connect_timeout.unwrap_or(DAY).min(DAY)
    }
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns an address as the user wrote it, without the quotes of its `Debug`.
pub(crate) fn as_given(address: &impl fmt::Debug) -> String {
    format!("{address:?}").trim_matches('"').to_owned()
}
