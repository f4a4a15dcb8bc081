//! Limits on the resources that peers can use.

use std::sync::OnceLock;
use std::time::Duration;

use super::machine;
use crate::stream::Framer;

/// Limits on the resources of a server that peers can use: memory, time, and connections.
///
/// Every limit except `per_address` is on by default. A time of `None` disables that limit.
///
/// | limit | default | why |
/// |---|---|---|
/// | [`connections`](Self::connections) | 10,000, or the process's file descriptor limit less 32 if that is lower | the program keeps descriptors for its own files |
/// | [`per_address`](Self::per_address) | none | many honest peers may share an address |
/// | [`memory`](Self::memory) | a quarter of the memory of the machine or the control group | the buffers of all connections together |
/// | [`frame`](Self::frame) | 1 MiB | the maximum size of a received frame |
/// | [`decoded`](Self::decoded) | 16 times `frame` | the memory of a decoded frame: one byte on the wire may be an item of 100 bytes in memory |
/// | [`frame_time`](Self::frame_time) | 10 s | from the first byte of a frame to its last, so that a trickle of bytes does not occupy a connection for long |
/// | [`first_frame_time`](Self::first_frame_time) | 10 s | from accept to the end of the first frame, against connections that send nothing |
/// | [`idle`](Self::idle) | 5 min | without traffic in either direction the peer may be gone |
/// | [`out_buffer`](Self::out_buffer) | 1 MiB | unwritten bytes for one peer |
/// | [`slow_reader`](Self::slow_reader) | 10 s | the time in which a peer must read all waiting bytes, or as many as `least_pace` requires |
/// | [`least_pace`](Self::least_pace) | 16 KiB a second | averaged over the time of `slow_reader` |
/// | [`slow_sender`](Self::slow_sender) | 10 s | for each 16 KiB of a [body](crate::net::Session::body), counted while it is being read |
/// | [`drain`](Self::drain) | 10 s | from the signal to stop, to finish current work |
///
/// The following limits cannot be changed:
///
/// | what | value | why |
/// |---|---|---|
/// | the size of a read | 8 to 64 KiB, adapted to the size of reads | fewer reads for a busy peer, little memory for a quiet one |
/// | buffers that are freed | above 256 KiB, once empty | one big frame must not occupy memory for good |
/// | the buffers of a waiting connection | none | ten thousand waiting connections take less than 2 KiB each |
/// | `TCP_NODELAY` | on | replies are already written in batches |
/// | one turn of a connection | 1,024 frames, 64 reads or flushes, or 64 KiB of replies (`out_buffer` if that is less) | other connections run in between |
/// | queued datagrams of one sender | 64, and 128 KiB | the datagrams of all senders are limited by [`memory`](Self::memory) |
/// | waiting for a peer to close after us | 1 s | closing while the peer sends would reset the connection, and the peer might lose the last replies |
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
    /// Creates limits with the defaults of the table above.
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

    /// Sets the maximum number of connections. Further connections are closed at once.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// Sets the maximum number of connections from one address. Further connections are closed at
    /// once. IPv6 addresses with the same [prefix](Self::ipv6_prefix) count as one. Connections
    /// without an address, such as over Unix sockets, are not counted.
    #[must_use]
    pub fn per_address(mut self, connections: usize) -> Self {
        self.per_address = Some(connections);
        self
    }

    /// Sets the length of the IPv6 prefix that counts as one address, for
    /// [`per_address`](Self::per_address) and [`memory`](Self::memory). The default is 64, because
    /// a subscriber is assigned at least a prefix of that length. Link-local addresses, which all
    /// have the same prefix, count separately.
    #[must_use]
    pub fn ipv6_prefix(mut self, bits: u8) -> Self {
        self.ipv6_prefix = bits;
        self
    }

    /// Sets the maximum number of bytes that all connections together hold in their buffers while
    /// they wait: incomplete frames, and bytes that their peers have not read yet. A `Bytes` of at
    /// least 64 KiB counts with its own length, whether it is shared by several connections or part
    /// of a longer buffer.
    ///
    /// Above this limit connections are closed. The first is a connection of the address whose
    /// connections hold most: the one that has held memory longest without progress. Connections
    /// that have recently completed a frame or received part of a body are closed last. If no
    /// connection can be closed, new connections are refused.
    #[must_use]
    pub fn memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// Sets the maximum size of a received frame in bytes. A client has its own limit for frames
    /// from the server: [`ClientOptions::max_frame`](crate::ClientOptions::max_frame).
    ///
    /// A longer frame is malformed and closes its connection. With `#[frame(max = ..)]` on its
    /// type, the sender refuses to encode such a frame.
    #[must_use]
    pub fn frame(mut self, bytes: usize) -> Self {
        self.frame = bytes;
        self
    }

    /// Sets the maximum number of bytes of memory that a decoded frame may take. The default is 16
    /// times the limit of [`frame`](Self::frame). See [`Framer::decoded`].
    #[must_use]
    pub fn decoded(mut self, bytes: usize) -> Self {
        self.decoded = Some(bytes);
        self
    }

    /// Sets the time within which a frame must arrive, counted from its first byte.
    #[must_use]
    pub fn frame_time(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.frame_time = time.into();
        self
    }

    /// Sets the time within which the first frame must arrive, counted from the accept.
    ///
    /// It also applies if [`idle`](Self::idle) or [`Conn::keep_alive`](crate::Conn::keep_alive)
    /// allows a longer silence. Raise it for peers that may send their first frame later.
    #[must_use]
    pub fn first_frame_time(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.first_frame_time = time.into();
        self
    }

    /// Sets the time that a connection may stay open without traffic in either direction. Frames
    /// sent to the peer renew it too. To close the connection of a peer that sends no frames, use
    /// [`Conn::keep_alive`](crate::Conn::keep_alive). Noise that is skipped by
    /// [`Malformed::Resync`](crate::Malformed::Resync) renews neither.
    #[must_use]
    pub fn idle(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.idle = time.into();
        self
    }

    /// Sets the maximum number of unwritten bytes for one peer. A single frame may be longer if
    /// nothing else waits.
    #[must_use]
    pub fn out_buffer(mut self, bytes: usize) -> Self {
        self.out_buffer = bytes;
        self
    }

    /// Sets the time that a peer has to read the bytes that wait for it, or as many as
    /// [`least_pace`](Self::least_pace) requires in that time if that is less. The time starts
    /// again whenever the peer has read that much, and ends when no bytes wait.
    #[must_use]
    pub fn slow_reader(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.slow_reader = time.into();
        self
    }

    /// Sets the minimum number of bytes per second that a peer must read while more bytes wait for
    /// it, averaged over the time of [`slow_reader`](Self::slow_reader). With 0, one byte in that
    /// time is enough.
    #[must_use]
    pub fn least_pace(mut self, bytes_per_second: usize) -> Self {
        self.least_pace = bytes_per_second;
        self
    }

    /// Returns the memory limit of a decoded frame.
    pub(crate) fn decoded_most(&self) -> usize {
        self.decoded.unwrap_or(self.frame.saturating_mul(Framer::EXPANSION))
    }

    /// Returns the minimum number of bytes that a peer must read in the time of
    /// [`slow_reader`](Self::slow_reader).
    pub(crate) fn least_taken(&self) -> usize {
        let millis =
            self.slow_reader.map_or(0, |time| usize::try_from(time.as_millis()).unwrap_or(usize::MAX));
        self.least_pace.saturating_mul(millis) / 1000
    }

    /// Sets the minimum pace of a [body](crate::net::Session::body): each 16 KiB of the body, or
    /// its rest, must arrive within this time. Only time spent reading the body counts.
    #[must_use]
    pub fn slow_sender(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.slow_sender = time.into();
        self
    }

    /// Creates the limits of a client's connection, which trusts its peer and has no time limits.
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

    /// Sets the time that connections have to finish their current work once the server stops.
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

/// Returns the default of [`Limits::memory`].
fn quarter_of_memory() -> usize {
    // The value is kept because finding it means reading several files, and it does not change.
    static QUARTER: OnceLock<usize> = OnceLock::new();
    *QUARTER.get_or_init(|| machine::memory().map_or(usize::MAX, |bytes| bytes / 4))
}
