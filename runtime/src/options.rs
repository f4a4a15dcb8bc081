//! What clients may be told, async and blocking alike.

use std::borrow::ToOwned;
use std::string::String;
use std::time::Duration;
use std::{fmt, format, io};

use crate::frame::Layout;
use crate::stream::{Framer, can_resync};

/// What a client is told before it connects.
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
    /// The defaults of the table above.
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

    /// How long connecting may take; `None` for as long as the system tries.
    #[must_use]
    pub fn connect_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = time.into();
        self
    }

    /// How long a `call` may take, from sending the request to the whole reply; `None` for
    /// as long as it takes.
    #[must_use]
    pub fn request_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.request_timeout = time.into();
        self
    }

    /// The most bytes of a frame that is received; what `Limits::frame` is to a server.
    #[must_use]
    pub fn max_frame(mut self, bytes: usize) -> Self {
        self.max_frame = bytes;
        self
    }

    /// Takes what each read brings for one frame: for peers that know of no framing.
    #[must_use]
    pub fn per_read(mut self) -> Self {
        self.per_read = true;
        self
    }

    /// Passes over malformed bytes, to the next place where one can begin: for noisy lines. It holds for whatever receives: clients, their
    /// receiving halves, and sessions, for owned and borrowed frames and those with context, async and blocking. The first run of noise of a
    /// connection is logged, and at its end how many there were; the blocking ones log nothing.
    ///
    /// A frame can begin with the constant that each begins with ([`Layout::SYNC`](crate::Layout::SYNC)), or anywhere if the type has a
    /// `frame(max = N)` instead. A client of frames with neither does not connect. A session learns of its types one by one: malformed bytes
    /// in the place of such a frame are an error, as without this option, and that they cannot be passed over is logged once. When a session
    /// [goes on as a handler](crate::net::Session::serve), that decides. What it costs is bounded: see
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

    /// Whether frames of this type can be found again, if that is asked for.
    pub(crate) fn check<R: Layout>(&self) -> io::Result<()> {
        if !self.resyncs || self.per_read || can_resync::<R>() {
            return Ok(());
        }
        let why = format!(
            "`ClientOptions::resync` cannot find frames of {}: it has neither a constant in front (`magic`) nor a `max`",
            R::SCHEMA.name
        );
        Err(io::Error::new(io::ErrorKind::InvalidInput, why))
    }

    pub(crate) fn framer(&self) -> Framer {
        Framer::new().limit(self.max_frame).per_read(self.per_read).resyncs(self.resyncs)
    }

    /// The time to connect, as a number that systems accept: none is a day.
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

/// An address as its user wrote it: text without the quotes of its `Debug`.
pub(crate) fn as_given(address: &impl fmt::Debug) -> String {
    format!("{address:?}").trim_matches('"').to_owned()
}
