//! What a stranger may take of a server.

use std::sync::OnceLock;
use std::time::Duration;

use super::machine;
use crate::stream::Framer;

/// What a stranger may take of a server: memory, time, connections.
///
/// Every limit but `per_address` is on from the start. A time of `None` switches that one off.
///
/// | limit | default | why |
/// |---|---|---|
/// | [`connections`](Self::connections) | 10,000, or the process's file descriptors less 32 if those are fewer | the program keeps descriptors for its own files |
/// | [`per_address`](Self::per_address) | none | many honest ones may share an address |
/// | [`memory`](Self::memory) | a quarter of what the machine or the control group has | what all connections together hold in their buffers |
/// | [`frame`](Self::frame) | 1 MiB | a length is a claim; this much of it is believed |
/// | [`decoded`](Self::decoded) | 16 times `frame` | a byte may stand for an item of a hundred |
/// | [`frame_time`](Self::frame_time) | 10 s | from the first byte of a frame to its last: a byte a second holds no connection for long |
/// | [`first_frame_time`](Self::first_frame_time) | 10 s | from accept to the end of the first frame: a silent connection is no client |
/// | [`idle`](Self::idle) | 5 min | with nothing sent either way the peer may be gone without a word |
/// | [`out_buffer`](Self::out_buffer) | 1 MiB | what waits for one peer to take it |
/// | [`slow_reader`](Self::slow_reader) | 10 s | in which a peer takes what waits for it, or the least pace: a byte now and then holds no memory for long |
/// | [`least_pace`](Self::least_pace) | 16 KiB a second | averaged over the time of `slow_reader` |
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
/// | datagrams of one sender that wait for its handler | 64, and 128 KiB | those of all senders together take no more than [`memory`](Self::memory) |
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
    pub(crate) per_address: Option<usize>,
    pub(crate) ipv6_prefix: u8,
    pub(crate) memory: usize,
    pub(crate) frame: usize,
    pub(crate) decoded: Option<usize>,
    pub(crate) frame_time: Option<Duration>,
    pub(crate) first_frame_time: Option<Duration>,
    pub(crate) idle: Option<Duration>,
    pub(crate) out_buffer: usize,
    pub(crate) slow_reader: Option<Duration>,
    pub(crate) least_pace: usize,
    pub(crate) slow_sender: Option<Duration>,
    pub(crate) drain: Duration,
}

impl Limits {
    /// The defaults of the table above.
    #[must_use]
    pub fn new() -> Self {
        const TEN_SECONDS: Duration = Duration::from_secs(10);
        Self {
            connections: machine::descriptors().saturating_sub(32).clamp(1, 10_000),
            per_address: None,
            ipv6_prefix: 64,
            memory: quarter_of_memory(),
            frame: Framer::DEFAULT_LIMIT,
            decoded: None,
            frame_time: Some(TEN_SECONDS),
            first_frame_time: Some(TEN_SECONDS),
            idle: Some(Duration::from_secs(5 * 60)),
            out_buffer: 1024 * 1024,
            slow_reader: Some(TEN_SECONDS),
            least_pace: 16 * 1024,
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

    /// The most connections at a time from one address; those beyond it are closed at once. Of IPv6 the addresses with the same
    /// [prefix](Self::ipv6_prefix) count as one. Connections without an address, such as those of Unix sockets, are not counted.
    #[must_use]
    pub fn per_address(mut self, connections: usize) -> Self {
        self.per_address = Some(connections);
        self
    }

    /// How many bits of an IPv6 address say who it belongs to, for [`per_address`](Self::per_address) and
    /// [`memory`](Self::memory): 64 by default, since that is
    /// what one subscriber is given at least.
    #[must_use]
    pub fn ipv6_prefix(mut self, bits: u8) -> Self {
        self.ipv6_prefix = bits;
        self
    }

    /// The most bytes that all connections together hold in their buffers while they wait: what has arrived of frames that are not
    /// whole, and what their peers have not taken yet.
    ///
    /// Above it connections are closed: at the address that holds most, the one whose frame began longest ago, and those that
    /// have completed a frame or take a body lately last. If nobody can be closed, new connections are refused.
    #[must_use]
    pub fn memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// The most bytes of a frame that is received. A client has its own bound for what the server sends:
    /// [`ClientOptions::max_frame`](crate::ClientOptions::max_frame).
    #[must_use]
    pub fn frame(mut self, bytes: usize) -> Self {
        self.frame = bytes;
        self
    }

    /// The most bytes of memory that a frame may take once it is decoded; 16 times the limit of [`frame`](Self::frame) if
    /// nothing is said. See [`Framer::decoded`].
    #[must_use]
    pub fn decoded(mut self, bytes: usize) -> Self {
        self.decoded = Some(bytes);
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

    /// The time in which a peer is to take what waits for it, or what [`least_pace`](Self::least_pace) comes to in that time
    /// if that is less. It begins anew each time the peer has done so, and ends when nothing waits.
    #[must_use]
    pub fn slow_reader(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.slow_reader = time.into();
        self
    }

    /// How many bytes a second a peer is to take at least while more than that waits for it, averaged over the time of
    /// [`slow_reader`](Self::slow_reader). With 0, any byte in that time will do.
    #[must_use]
    pub fn least_pace(mut self, bytes_per_second: usize) -> Self {
        self.least_pace = bytes_per_second;
        self
    }

    /// How much memory a frame may take once it is decoded.
    pub(crate) fn decoded_most(&self) -> usize {
        self.decoded.unwrap_or(self.frame.saturating_mul(Framer::EXPANSION))
    }

    /// How much a peer is to take in the time of [`slow_reader`](Self::slow_reader) at least.
    pub(crate) fn least_taken(&self) -> usize {
        let millis =
            self.slow_reader.map_or(0, |time| usize::try_from(time.as_millis()).unwrap_or(usize::MAX));
        self.least_pace.saturating_mul(millis) / 1000
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
            memory: usize::MAX,
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

/// What connections may hold if nothing else is said.
fn quarter_of_memory() -> usize {
    // It takes reading a few files, and does not change.
    static QUARTER: OnceLock<usize> = OnceLock::new();
    *QUARTER.get_or_init(|| machine::memory().map_or(usize::MAX, |bytes| bytes / 4))
}
