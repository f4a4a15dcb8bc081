//! The reasons for the end of a connection.

use std::error::Error as StdError;
use std::{fmt, io};

use crate::error::{DecodeError, Error};

/// A handler's request to close its connection.
///
/// Frames that were sent before are flushed first. Any error converts into a `Close`, so `?` works
/// in handlers; the error is logged and passed to [`closed`](crate::Handler::closed).
///
/// ```
/// use framewright::net::Close;
///
/// fn number(text: &str) -> Result<u32, Close> {
///     if text == "exit" {
///         return Err(Close::new());
///     }
///     Ok(text.parse()?)
/// }
/// assert!(number("seven").unwrap_err().error().is_some());
/// ```
#[derive(Debug, Default)]
pub struct Close {
    error: Option<Box<dyn StdError + Send + Sync>>,
}

impl Close {
    /// Creates a request to close without an error, because the conversation is over.
    #[must_use]
    pub const fn new() -> Self {
        Self { error: None }
    }

    /// Returns the error because of which the connection is closed, or `None` if it is closed
    /// without an error.
    #[must_use]
    pub fn error(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.error.as_deref()
    }
}

impl Close {
    /// Like [`error`](Self::error), but returns the owned error.
    pub(crate) fn into_error(self) -> Option<Box<dyn StdError + Send + Sync>> {
        self.error
    }

    /// Returns `true` if the error is that a connection is closed, or was caused by that.
    pub(crate) fn follows_an_end(&self) -> bool {
        let Some(error) = &self.error else { return false };
        let error: &(dyn StdError + 'static) = &**error;
        std::iter::successors(Some(error), |&error| cause(error))
            .any(|error| matches!(error.downcast_ref(), Some(Error::Closed)))
    }
}

/// Returns the error that has caused another one. The one inside an `io::Error` is not its source.
fn cause<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    let Some(error) = error.downcast_ref::<io::Error>() else { return error.source() };
    let inner: &(dyn StdError + 'static) = error.get_ref()?;
    Some(inner)
}

impl<E: Into<Box<dyn StdError + Send + Sync>>> From<E> for Close {
    fn from(error: E) -> Self {
        Self { error: Some(error.into()) }
    }
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.error {
            Some(error) => {
                f.write_str("the handler failed: ")?;
                error.fmt(f)
            }
            None => f.write_str("the handler closed the connection"),
        }
    }
}

/// The reason why a connection ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum CloseReason {
    /// The peer closed its side after a whole frame.
    Eof,
    /// The peer sent a malformed frame, or closed its side in the middle of a frame.
    Malformed(DecodeError),
    /// The connection broke, usually by a reset.
    Io(io::Error),
    /// A time limit was exceeded.
    Timeout(Timeout),
    /// The handler closed the connection, or failed.
    Handler(Close),
    /// The handler panicked.
    Panic,
    /// The server stopped.
    Drain,
    /// All connections together held more memory than
    /// [`Limits::memory`](crate::net::Limits::memory), and this connection was chosen to be closed.
    Memory,
}

impl CloseReason {
    /// Returns `true` for an end without an error: the peer or the handler has closed the connection,
    /// or the server has stopped.
    pub(crate) fn is_ordinary(&self) -> bool {
        match self {
            Self::Eof | Self::Drain => true,
            Self::Handler(close) => close.error.is_none(),
            _ => false,
        }
    }
}

/// The time limit that was exceeded; see [`Limits`](crate::net::Limits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Timeout {
    /// No complete frame arrived in time.
    Frame,
    /// No bytes passed in either direction.
    Idle,
    /// The peer sent no frame within the keep-alive time; see
    /// [`Conn::keep_alive`](crate::net::Conn::keep_alive).
    KeepAlive,
    /// The peer read too slowly.
    SlowReader,
    /// The peer sent a body too slowly.
    SlowSender,
    /// The deadline set by the handler or session has passed; see
    /// [`Conn::deadline`](crate::net::Conn::deadline).
    Deadline,
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Eof => f.write_str("the peer closed the connection"),
            Self::Malformed(error) => {
                f.write_str("malformed frame: ")?;
                error.fmt(f)
            }
            Self::Io(error) => error.fmt(f),
            Self::Timeout(timeout) => write!(f, "timed out: {timeout}"),
            Self::Handler(close) => close.fmt(f),
            Self::Panic => f.write_str("the handler panicked"),
            Self::Drain => f.write_str("the server stopped"),
            Self::Memory => f.write_str("all connections together held too much memory"),
        }
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Frame => "no complete frame arrived in time",
            Self::Idle => "idle for too long",
            Self::KeepAlive => "no frame arrived within the keep-alive time",
            Self::SlowReader => "the peer reads too slowly",
            Self::SlowSender => "the peer sends a body too slowly",
            Self::Deadline => "its deadline has passed",
        })
    }
}

/// The position at which a connection continues after malformed bytes.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoesOn {
    Nowhere,
    BehindTheFrame,
    AtTheNextFrame,
}

/// The decision of a handler about malformed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed<Out> {
    /// Close the connection.
    Close,
    /// Answer with a frame, then continue as [`Skip`](Self::Skip) does.
    Reply(Out),
    /// Skip the frame if its end is known without decoding it; otherwise close the connection.
    ///
    /// The end is known for a type that ends with a delimiter (`#[frame(until(..))]`), a type of
    /// fixed size, and a type that begins with the length of everything else
    /// (`#[frame(len_prefixed)]`). It is also known for a single read
    /// ([`per_read`](crate::Server::per_read)) and for a datagram. The end is unknown if a field of
    /// the frame is its length, because the length itself may be malformed.
    Skip,
    /// Search for the next frame: skip bytes, starting one byte after the beginning of the
    /// malformed frame, to the next position where a frame can begin, and repeat this until a frame
    /// decodes. This is for noisy lines.
    ///
    /// A frame can begin where its leading constant is ([`Layout::SYNC`](crate::Layout::SYNC)), or
    /// anywhere if the type has a [`frame(max = N)`](crate::Frame#framemax--n) instead. If the type
    /// has neither, the connection is closed. The handler is asked once for each run of noise.
    /// Noise does not count as activity: it renews neither [`keep_alive`](crate::Conn::keep_alive)
    /// nor [`Limits::idle`](crate::net::Limits::idle). A frame that is not complete within
    /// [`Limits::frame_time`](crate::net::Limits::frame_time) is treated as malformed bytes too. So
    /// a damaged length field that is too large delays the following frames by up to that time,
    /// which is 10 s by default. Set `frame_time` to a little more than the transmission of the
    /// longest frame takes. Give the type a `frame(max = N)` even if it has a leading constant: a
    /// damaged length beyond N is then noise at once.
    ///
    /// A frame with a correct envelope and a malformed body need not be noise: to answer it, make
    /// the body an [`Attempt`](crate::Attempt).
    ///
    /// A connection whose noise costs more than [`Framer::resync`](crate::stream::Framer::resync)
    /// allows is closed, whatever the handler returns. The allowed cost grows with
    /// [`Limits::frame`](crate::net::Limits::frame), so leave that limit at 64 KiB or more even if
    /// frames are small.
    Resync,
}
