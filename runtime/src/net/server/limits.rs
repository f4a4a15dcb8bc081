//! What a stranger may take of a server.

use std::time::Duration;

use crate::stream::Framer;

/// What a stranger may take of a server: memory, time, connections.
///
/// Every limit is on from the start. A time of `None` switches that one off.
///
/// | limit | default | why |
/// |---|---|---|
/// | [`connections`](Self::connections) | 10,000, or the process's file descriptors less 32 if those are fewer | the program keeps descriptors for its own files |
/// | [`frame`](Self::frame) | 1 MiB | a length is a claim; this much of it is believed |
/// | [`frame_time`](Self::frame_time) | 10 s | from the first byte of a frame to its last: a byte a second holds no connection for long |
/// | [`first_frame_time`](Self::first_frame_time) | 10 s | from accept to the end of the first frame: a silent connection is no client |
/// | [`idle`](Self::idle) | 5 min | with nothing sent either way the peer may be gone without a word |
/// | [`out_buffer`](Self::out_buffer) | 1 MiB | what waits for one peer to take it |
/// | [`slow_reader`](Self::slow_reader) | 10 s | from when a peer stops taking what is sent to it |
/// | [`slow_sender`](Self::slow_sender) | 10 s | for each 16 KiB of a [body](crate::net::Session::body), counted while it is asked for |
/// | [`drain`](Self::drain) | 10 s | from the signal to stop, for what is under way to be finished |
///
/// These are not to be set:
///
/// | what | value | why |
/// |---|---|---|
/// | the size of a read | 8 to 64 KiB, following what reads bring | a busy peer needs fewer reads, a quiet one no room |
/// | a buffer that is given back | above 256 KiB, once it is empty | one big frame must not cost its memory for ever |
/// | the buffers of a connection that waits | none | ten thousand of them hold less than 2 KiB each |
/// | `TCP_NODELAY` | on | replies are written in batches already; waiting for more would only delay them |
/// | one turn | 1,024 frames or 64 KiB of replies | then the others have theirs |
/// | a peer that is to close after us | 1 s | closing while it sends would reset it, and it might lose the last replies |
///
/// ```
/// use framewright::net::Limits;
/// use std::time::Duration;
///
/// let limits = Limits::new().frame(64 * 1024).idle(Duration::from_secs(30)).first_frame_time(None);
/// ```
#[derive(Clone, Debug)]
pub struct Limits {
    pub(crate) connections: usize,
    pub(crate) frame: usize,
    pub(crate) frame_time: Option<Duration>,
    pub(crate) first_frame_time: Option<Duration>,
    pub(crate) idle: Option<Duration>,
    pub(crate) out_buffer: usize,
    pub(crate) slow_reader: Option<Duration>,
    pub(crate) slow_sender: Option<Duration>,
    pub(crate) drain: Duration,
}

impl Limits {
    /// The defaults of the table above.
    #[must_use]
    pub fn new() -> Self {
        const TEN_SECONDS: Duration = Duration::from_secs(10);
        Self {
            connections: descriptors().saturating_sub(32).clamp(1, 10_000),
            frame: Framer::DEFAULT_LIMIT,
            frame_time: Some(TEN_SECONDS),
            first_frame_time: Some(TEN_SECONDS),
            idle: Some(Duration::from_secs(5 * 60)),
            out_buffer: 1024 * 1024,
            slow_reader: Some(TEN_SECONDS),
            slow_sender: Some(TEN_SECONDS),
            drain: TEN_SECONDS,
        }
    }

    /// The most connections at a time. Those beyond it are closed at once.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// The most bytes of a frame that is received. A client has its own bound for what the server sends:
    /// [`ClientOptions::max_frame`](crate::ClientOptions::max_frame).
    #[must_use]
    pub fn frame(mut self, bytes: usize) -> Self {
        self.frame = bytes;
        self
    }

    /// The time for a whole frame to arrive, from its first byte.
    #[must_use]
    pub fn frame_time(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.frame_time = time.into();
        self
    }

    /// The time for the first frame to arrive, from when the connection was accepted.
    #[must_use]
    pub fn first_frame_time(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.first_frame_time = time.into();
        self
    }

    /// The time a connection may stay open with nothing sent either way.
    #[must_use]
    pub fn idle(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.idle = time.into();
        self
    }

    /// How many bytes may wait for one peer to take them. A single frame may
    /// be longer if nothing else waits.
    #[must_use]
    pub fn out_buffer(mut self, bytes: usize) -> Self {
        self.out_buffer = bytes;
        self
    }

    /// The time after which a peer that takes nothing is closed.
    #[must_use]
    pub fn slow_reader(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.slow_reader = time.into();
        self
    }

    /// The least pace of a [body](crate::net::Session::body): the time in which each 16 KiB of it must arrive, or its rest. Only the
    /// time in which more of it is asked for counts.
    #[must_use]
    pub fn slow_sender(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.slow_sender = time.into();
        self
    }

    /// The limits of a connection of one's own, whose peer is trusted with its time.
    pub(crate) fn none() -> Self {
        Self {
            connections: usize::MAX,
            frame_time: None,
            first_frame_time: None,
            idle: None,
            slow_reader: None,
            slow_sender: None,
            ..Self::new()
        }
    }

    /// How long connections have to finish what is under way once the server
    /// is told to stop.
    #[must_use]
    pub fn drain(mut self, time: Duration) -> Self {
        self.drain = time;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

/// How many file descriptors the process may have open.
#[cfg(unix)]
fn descriptors() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    limit.current.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

#[cfg(not(unix))]
fn descriptors() -> usize {
    usize::MAX
}
