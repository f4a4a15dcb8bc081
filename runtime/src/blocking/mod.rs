//! Clients on `std::net`, without tokio.

mod body;
mod connection;
mod halves;
mod parts;
mod session;
mod stream;
mod tunnel;

pub use body::Body;
pub use halves::{Receiver, Sender};
pub use parts::{Parts, RawStream};
pub use session::Session;

use std::fmt;
use std::io::{Read, Write};
use std::marker::PhantomData;
use std::net::ToSocketAddrs;
#[cfg(unix)]
use std::path::Path;
use std::time::Instant;

use self::connection::Connection;
pub use crate::error::TunnelError;
use crate::error::{Error, Result};
use crate::frame::{Decode, Encode, Layout};
use crate::options::ClientOptions;

/// A connection to a server, with frames of type `S` to the server and frames of type `R` back. It
/// is the blocking counterpart of the async `Client`.
///
/// ```no_run
/// use framewright::{blocking, prelude::*};
///
/// #[derive(Frame, Debug)]
/// #[frame(be)]
/// struct Text { #[len_prefixed] text: String }
///
/// let mut client = blocking::Client::<Text>::connect("127.0.0.1:8888")?;
/// let reply = client.call(&Text { text: "hello".into() })?;
/// println!("{reply:?}");
/// # Ok::<(), framewright::Error>(())
/// ```
pub struct Client<S, R = S> {
    connection: Connection,
    /// Number of replies still to come, including replies to calls that timed out.
    owed: usize,
    /// Whether the `Iterator` of frames has ended with an error.
    failed: bool,
    marker: PhantomData<fn(&S) -> R>,
}

impl<S, R: Layout> Client<S, R> {
    /// Connects to a server over TCP.
    ///
    /// # Errors
    /// [`Error::Connect`] if the server cannot be reached in time.
    pub fn connect(address: impl ToSocketAddrs + fmt::Debug) -> Result<Self> {
        Self::connect_with(address, ClientOptions::new())
    }

    /// Like [`connect`](Self::connect), with custom timeouts and limits.
    ///
    /// # Errors
    /// Same as [`connect`](Self::connect).
    pub fn connect_with(address: impl ToSocketAddrs + fmt::Debug, options: ClientOptions) -> Result<Self> {
        options.check::<R>(&address)?;
        Ok(Self::of(Connection::connect(address, &options)?))
    }

    /// Connects to a server over a Unix socket.
    ///
    /// # Errors
    /// [`Error::Connect`] if the server cannot be reached in time.
    #[cfg(unix)]
    pub fn connect_unix(path: impl AsRef<Path>) -> Result<Self> {
        Self::connect_unix_with(path, ClientOptions::new())
    }

    /// Like [`connect_unix`](Self::connect_unix), with custom timeouts and limits.
    ///
    /// # Errors
    /// Same as [`connect_unix`](Self::connect_unix).
    #[cfg(unix)]
    pub fn connect_unix_with(path: impl AsRef<Path>, options: ClientOptions) -> Result<Self> {
        options.check::<R>(&path.as_ref())?;
        Ok(Self::of(Connection::connect_unix(path.as_ref(), &options)?))
    }
}

impl<S, R> Client<S, R> {
    /// Creates a client over anything that reads and writes, such as a serial port.
    ///
    /// The reads of such a stream cannot be interrupted, so [`ClientOptions::request_timeout`] is
    /// only checked between two reads.
    pub fn over(io: impl Read + Write + Send + 'static, options: &ClientOptions) -> Self {
        Self::of(Connection::over(io, options))
    }

    fn of(connection: Connection) -> Self {
        Self { connection, owed: 0, failed: false, marker: PhantomData }
    }

    /// Turns the client back into a [`Session`].
    #[must_use]
    pub fn into_session(self) -> Session {
        Session::of(self.connection)
    }
}

impl<S: Encode, R> Client<S, R> {
    /// Sends a frame.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be encoded. Nothing is sent then. [`Error::Io`] if
    /// the connection broke.
    pub fn send(&mut self, frame: &S) -> Result<()> {
        self.feed(frame)?;
        self.flush()
    }

    /// Puts a frame into the out-buffer, to be written by the next [`send`](Self::send),
    /// [`flush`](Self::flush), [`recv`](Self::recv) or [`call`](Self::call), so that many small
    /// frames go out in one write. The out-buffer has no limit.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be encoded. [`Error::Closed`] after a failed write.
    pub fn feed(&mut self, frame: &S) -> Result<()> {
        self.connection.feed(frame)
    }

    /// Writes the content of the out-buffer.
    ///
    /// # Errors
    /// [`Error::Io`] if the connection broke, and [`Error::Closed`] after that.
    pub fn flush(&mut self) -> Result<()> {
        self.connection.flush()
    }
}

impl<S, R: for<'a> Decode<'a>> Client<S, R> {
    /// Receives the next frame. Returns `None` when the server has closed the connection. Bytes
    /// after the frame are kept for the next call.
    ///
    /// A frame that extends to the end of the stream (`#[rest]`) is complete when the server closes
    /// the connection.
    ///
    /// # Errors
    /// [`Error::Decode`] for malformed bytes, and if the connection was closed within a frame;
    /// [`Error::Io`] if it broke.
    pub fn recv(&mut self) -> Result<Option<R>> {
        self.recv_until(None)
    }

    fn recv_until(&mut self, due: Option<Instant>) -> Result<Option<R>> {
        let received = self.connection.recv(due)?;
        if received.is_some() {
            self.owed = self.owed.saturating_sub(1);
        }
        Ok(received)
    }
}

impl<S: Encode, R: for<'a> Decode<'a>> Client<S, R> {
    /// Sends a request and waits for its reply, which is the next frame from the server. This is
    /// for protocols that answer every frame with one frame, in order.
    ///
    /// <div class="warning">
    ///
    /// If the server also sends unsolicited frames, one of them is taken for the reply, and every
    /// later `call` gets the reply to the call before it. For such a server use
    /// [`send`](Self::send) and distinguish the frames of [`recv`](Self::recv).
    ///
    /// </div>
    ///
    /// # Errors
    /// Same as [`send`](Self::send) and [`recv`](Self::recv). Also [`Error::Closed`] if the server
    /// closes the connection before the reply, and [`Error::Timeout`] if the reply does not arrive
    /// in time. A late reply is never taken for the reply to a later `call`. If the request could
    /// not be sent in time, the connection cannot be used any more: later calls return
    /// [`Error::Closed`].
    pub fn call(&mut self, request: &S) -> Result<R> {
        let due = self.connection.due();
        self.connection.feed(request)?;
        self.connection.flush_until(due)?;
        self.owed += 1;
        loop {
            let reply = self.recv_until(due)?.ok_or(Error::Closed)?;
            if self.owed == 0 {
                return Ok(reply);
            }
        }
    }
}

impl<S, R> fmt::Debug for Client<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("owed", &self.owed).finish_non_exhaustive()
    }
}

/// The frames that arrive, as [`recv`](Client::recv) returns them. The iterator ends when the server
/// closes the connection, or after an error.
///
/// ```no_run
/// # use framewright::{blocking, prelude::*};
/// # #[derive(Frame, Debug)]
/// # #[frame(be)]
/// # struct Text { #[len_prefixed] text: String }
/// let mut client = blocking::Client::<Text>::connect("127.0.0.1:8888")?;
/// for text in &mut client {
///     println!("{:?}", text?);
/// }
/// # Ok::<(), framewright::Error>(())
/// ```
impl<S, R: for<'a> Decode<'a>> Iterator for Client<S, R> {
    type Item = Result<R>;

    fn next(&mut self) -> Option<Result<R>> {
        if self.failed {
            return None;
        }
        let received = self.recv();
        self.failed = received.is_err();
        received.transpose()
    }
}
