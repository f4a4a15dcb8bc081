//! Sessions without tokio.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
#[cfg(unix)]
use std::path::Path;
use std::time::Instant;

use super::Client;
use super::body::Body;
use super::connection::Connection;
use crate::error::{Error, Result};
use crate::frame::{Decode, DecodeWith, Encode, Layout};
use crate::options::ClientOptions;
use crate::stream::rest::{Unread, count};
use crate::stream::{Attempts, ParseFrom, Snapshot};

/// A connection on which each step of the conversation may have its own frame type. It is the
/// blocking counterpart of the async `Session`.
///
/// ```no_run
/// use framewright::{blocking, prelude::*};
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Login { #[len_prefixed(u8)] name: String }
///
/// #[derive(Frame)]
/// struct Line<'a> { #[until(b"\n")] text: &'a str }
///
/// let mut s = blocking::Session::connect("127.0.0.1:8888")?;
/// s.send(&Login { name: "me".into() })?;
/// let line: Line<'_> = s.require()?;
/// println!("{}", line.text);
/// # Ok::<(), framewright::Error>(())
/// ```
pub struct Session {
    pub(super) connection: Connection,
    snapshot: Snapshot,
}

impl Session {
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
        Ok(Self::of(Connection::connect_unix(path.as_ref(), &options)?))
    }

    /// Creates a session over anything that reads and writes, such as a serial port.
    ///
    /// The reads of such a stream cannot be interrupted, so [`ClientOptions::request_timeout`] is
    /// only checked between two reads.
    pub fn over(io: impl Read + Write + Send + 'static, options: &ClientOptions) -> Self {
        Self::of(Connection::over(io, options))
    }

    pub(super) fn of(connection: Connection) -> Self {
        Self { connection, snapshot: Snapshot::default() }
    }

    /// Receives the next frame, which is owned or borrows from the receive buffer. Returns `None`
    /// if the peer has closed its side after a complete frame. Skips the unread rest of a
    /// [body](Self::body) first, and writes all fed frames before it waits.
    ///
    /// # Errors
    /// [`Error::Decode`] for malformed bytes and for a stream that ends within a frame;
    /// [`Error::Io`] if the connection broke.
    pub fn recv<'a, T: Decode<'a>>(&'a mut self) -> Result<Option<T>> {
        self.recv_until(None)
    }

    /// Like [`recv`](Self::recv), but returns [`Error::Closed`] instead of `None`.
    ///
    /// # Errors
    /// Same as [`recv`](Self::recv), and [`Error::Closed`].
    pub fn require<'a, T: Decode<'a>>(&'a mut self) -> Result<T> {
        self.recv()?.ok_or(Error::Closed)
    }

    /// Like [`recv`](Self::recv), for a type that is decoded with context.
    ///
    /// # Errors
    /// Same as [`recv`](Self::recv).
    pub fn recv_with<'a, T, C>(&'a mut self, context: C) -> Result<Option<T>>
    where
        T: DecodeWith<'a, C>,
        C: Clone,
    {
        self.forget_last_frame();
        self.connection.pass_over(None)?;
        self.connection.framer.start_over();
        self.recv_by(|input, source| T::parse_with_from(input, source, context.clone()), None)
    }

    fn recv_until<'a, T: Decode<'a>>(&'a mut self, due: Option<Instant>) -> Result<Option<T>> {
        self.forget_last_frame();
        self.connection.pass_over(due)?;
        if T::IS_OWNED {
            loop {
                if let Some(frame) = self.connection.framer.next_frame_by(T::parse_owned)? {
                    return Ok(Some(frame));
                }
                if !self.connection.read(due)? {
                    return Ok(None);
                }
            }
        }
        let Some(measure) = T::SCHEMA.measure else { return self.recv_by(T::parse_from, due) };
        if self.connection.framer.is_here::<T>(measure) {
            return Ok(Some(self.connection.framer.take_here()?));
        }
        while !self.connection.framer.has_frame::<T>(measure)? {
            if !self.connection.read(due)? {
                return Ok(None);
            }
        }
        Ok(self.connection.framer.next_frame()?)
    }

    fn recv_by<'a, T, P>(&'a mut self, parse: P, due: Option<Instant>) -> Result<Option<T>>
    where
        T: Layout,
        P: ParseFrom<'a, T>,
    {
        let Self { connection, snapshot, .. } = self;
        let mut attempts = Attempts::new(snapshot);
        loop {
            if let Some(frame) = connection.framer.attempt(&mut attempts, &parse)? {
                return Ok(Some(frame));
            }
            if !connection.read(due)? {
                return Ok(None);
            }
        }
    }

    /// Drops the copy that the last frame has borrowed from.
    fn forget_last_frame(&mut self) {
        if !self.snapshot.is_empty() {
            self.snapshot = Snapshot::default();
        }
    }

    /// Continues after malformed bytes, once [`recv`](Self::recv) has returned an error for them:
    /// skips bytes to the next position where a `T` can begin. Returns `false` if that is
    /// impossible for this type. See [`Framer::resync`](crate::stream::Framer::resync).
    pub fn resync<T: Layout>(&mut self) -> bool {
        self.connection.framer.resync::<T>()
    }

    /// Puts a frame into the out-buffer. The frame is written when the session next waits for the
    /// peer, or by [`flush`](Self::flush).
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be encoded. [`Error::Closed`] after a failed write.
    pub fn feed<T: Encode>(&mut self, frame: &T) -> Result<()> {
        self.connection.feed(frame)
    }

    /// Writes the fed frames.
    ///
    /// # Errors
    /// [`Error::Io`] if the connection broke, and [`Error::Closed`] after that.
    pub fn flush(&mut self) -> Result<()> {
        self.forget_last_frame();
        self.connection.flush()
    }

    /// Puts a frame into the out-buffer and writes the out-buffer.
    ///
    /// # Errors
    /// Same as [`feed`](Self::feed) and [`flush`](Self::flush).
    pub fn send<T: Encode>(&mut self, frame: &T) -> Result<()> {
        self.feed(frame)?;
        self.flush()
    }

    /// Sends a request and waits for its reply, which is the next frame from the peer.
    ///
    /// # Errors
    /// Same as [`send`](Self::send) and [`require`](Self::require), and [`Error::Timeout`] if the
    /// reply does not arrive within [`ClientOptions::request_timeout`]. After a timeout, the next
    /// frame received is the late reply.
    pub fn call<S, R>(&mut self, request: &S) -> Result<R>
    where
        S: Encode,
        R: for<'x> Decode<'x>,
    {
        let due = self.connection.due();
        self.feed(request)?;
        self.recv_until(due)?.ok_or(Error::Closed)
    }

    /// Returns the next `len` raw bytes. If some of them are not read, the next
    /// [`recv`](Self::recv) skips them, or returns an error if they are more than the frame limit.
    ///
    /// ```no_run
    /// # fn f() -> framewright::Result<()> {
    /// let mut s = framewright::blocking::Session::connect("127.0.0.1:8888")?;
    /// let mut file = std::fs::File::create("download")?;
    /// std::io::copy(&mut s.body(1 << 30), &mut file)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn body(&mut self, len: u64) -> Body<'_> {
        self.forget_last_frame();
        Body::begin(&mut self.connection, Unread::Bytes(len))
    }

    /// Returns all bytes up to the end of the stream, like [`body`](Self::body).
    ///
    /// ```no_run
    /// # fn f() -> framewright::Result<()> {
    /// let mut s = framewright::blocking::Session::connect("127.0.0.1:8888")?;
    /// let mut page = String::new();
    /// std::io::Read::read_to_string(&mut s.body_to_end(), &mut page)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn body_to_end(&mut self) -> Body<'_> {
        self.forget_last_frame();
        Body::begin(&mut self.connection, Unread::ToEnd)
    }

    /// Sends `len` raw bytes of `reader` after the fed frames.
    ///
    /// # Errors
    /// [`Error::Io`] if the reader fails or ends too early, or the connection breaks. The peer would
    /// wait for the missing bytes, so the connection is closed, and later calls return
    /// [`Error::Closed`].
    pub fn send_body(&mut self, len: u64, reader: impl Read) -> Result<()> {
        self.forget_last_frame();
        // The reader may also panic.
        let mut whole = Whole { session: self, done: false };
        let sent = whole.session.copy_body(len, reader);
        whole.done = sent.is_ok();
        sent
    }

    fn copy_body(&mut self, len: u64, reader: impl Read) -> Result<()> {
        let mut reader = reader.take(len);
        let (mut left, mut buffer) = (len, [0; 8 * 1024]);
        self.flush()?;
        while left > 0 {
            let read = reader.read(&mut buffer)?;
            if read == 0 {
                let short = format!("the reader of the body ended {left} bytes too early");
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, short).into());
            }
            left = left.saturating_sub(count(read));
            self.connection.write(buffer.get(..read).unwrap_or_default())?;
        }
        Ok(())
    }

    /// Ends the session at this time, whatever it waits for: later reads and writes return
    /// [`Error::Timeout`]. `None`, the default, removes the deadline. A stream without timeouts
    /// ([`over`](Self::over)) is only checked between two reads or writes.
    pub fn deadline(&mut self, time: impl Into<Option<Instant>>) {
        self.connection.set_deadline(time.into());
    }

    /// Returns the address of the peer. For a stream without an address ([`over`](Self::over)),
    /// returns the unspecified address `0.0.0.0:0`.
    #[must_use]
    pub fn peer_addr(&self) -> SocketAddr {
        self.connection.addresses().0
    }

    /// Returns the local address of this connection, or the unspecified address.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.connection.addresses().1
    }

    /// Turns the session into a [`Client`] that sends `S` and receives `R`. The unread rest of a
    /// [body](Self::body) is skipped by the client.
    #[must_use]
    pub fn into_client<S, R>(self) -> Client<S, R> {
        Client::of(self.connection)
    }
}

/// A guard for a step that must be completed. Otherwise, the connection is aborted.
struct Whole<'s> {
    session: &'s mut Session,
    done: bool,
}

impl Drop for Whole<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.session.connection.abort();
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("unread", &self.connection.rest).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Frame;

    #[derive(Frame)]
    struct Number {
        value: u8,
    }

    /// A generic frame is parsed from a copy of what has arrived.
    #[derive(Frame)]
    struct Envelope<T> {
        body: T,
    }

    struct Zeros;

    impl Read for Zeros {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(0);
            Ok(buffer.len())
        }
    }

    impl Write for Zeros {
        fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
            Ok(buffer.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_next_step_drops_the_copy_of_the_last_frame() {
        let mut s = Session::over(Zeros, &ClientOptions::new());
        for step in 0..4 {
            assert_eq!(s.require::<Envelope<Number>>().unwrap().body.value, 0);
            assert!(!s.snapshot.is_empty());
            match step {
                0 => assert_eq!(s.require::<Number>().unwrap().value, 0),
                1 => drop(s.body(2)),
                2 => s.send_body(2, &[0; 2][..]).unwrap(),
                _ => s.flush().unwrap(),
            }
            assert!(s.snapshot.is_empty(), "{step}");
        }
    }
}
