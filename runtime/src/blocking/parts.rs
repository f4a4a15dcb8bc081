//! Taking a blocking session apart, and putting it together again.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;

use bytes::Bytes;

use super::Session;
use super::connection::Connection;
use super::stream::{Stream, into_io};
use crate::options::ClientOptions;

/// The parts of a session, from [`Session::into_parts`].
#[derive(Debug)]
pub struct Parts {
    /// The stream.
    pub io: RawStream,
    /// Bytes that were read from the stream and not consumed yet.
    pub read_ahead: Bytes,
}

/// The raw stream of a session. It is made from a socket by `From`, which makes the socket blocking
/// and removes its timeouts, and from any other stream by [`over`](Self::over).
pub struct RawStream(pub(super) Connection);

impl RawStream {
    /// Creates a raw stream over anything that reads and writes.
    pub fn over(io: impl Read + Write + Send + 'static) -> Self {
        Self(Connection::over(io, &ClientOptions::new()))
    }

    fn of(stream: Box<dyn Stream>) -> Self {
        // If this fails, so does the first read or write.
        let _ = stream.reset();
        Self(Connection::of(stream, &ClientOptions::new()))
    }

    /// Writes the fed frames, and then closes the sending side of a socket, so that the peer sees the
    /// end of the stream. Other streams are only flushed.
    ///
    /// # Errors
    /// An error if the connection broke.
    pub fn close_sending(&mut self) -> io::Result<()> {
        self.flush()?;
        self.0.close_sending();
        Ok(())
    }

    /// Same as [`Session::peer_addr`].
    #[must_use]
    pub fn peer_addr(&self) -> SocketAddr {
        self.0.addresses().0
    }

    /// Same as [`Session::local_addr`].
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.0.addresses().1
    }
}

impl From<TcpStream> for RawStream {
    fn from(stream: TcpStream) -> Self {
        Self::of(Box::new(stream))
    }
}

#[cfg(unix)]
impl From<UnixStream> for RawStream {
    fn from(stream: UnixStream) -> Self {
        Self::of(Box::new(stream))
    }
}

impl Session {
    /// Returns the raw stream and the bytes read ahead. Nothing is lost: frames that were fed and
    /// not written yet are written before anything else is read or written, at the latest when the
    /// stream is flushed. The unread rest of a [body](Self::body) is not skipped. The stream has
    /// neither the [deadline](Self::deadline) nor the options of the session, and a session
    /// [over](Self::over) it, or over a stream that wraps it, cannot interrupt a read.
    ///
    /// ```no_run
    /// # use framewright::{blocking, prelude::*};
    /// # #[derive(Frame)]
    /// # struct Line { #[until(b"\n")] text: String }
    /// # fn secure(io: blocking::RawStream) -> blocking::RawStream { io }
    /// # fn f() -> framewright::Result<()> {
    /// let mut s = blocking::Session::connect("127.0.0.1:8888")?;
    /// let _ready: Line = s.call(&Line { text: "STARTTLS".into() })?;
    /// let blocking::Parts { io, read_ahead } = s.into_parts();
    /// if !read_ahead.is_empty() {
    ///     // Bytes before the handshake may be from anybody.
    ///     return Err(framewright::Error::Closed);
    /// }
    /// let mut s = blocking::Session::over(secure(io), &Default::default());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn into_parts(self) -> Parts {
        let mut connection = self.connection;
        let read_ahead = connection.framer.take_bytes(usize::MAX);
        Parts { io: RawStream(connection.with_options(&ClientOptions::new())), read_ahead }
    }

    /// Creates a session over the parts of another session, with the default [options](ClientOptions).
    #[must_use]
    pub fn from_parts(parts: Parts) -> Self {
        Self::from_parts_with(parts, &ClientOptions::new())
    }

    /// Like [`from_parts`](Self::from_parts), with custom timeouts and limits.
    #[must_use]
    pub fn from_parts_with(parts: Parts, options: &ClientOptions) -> Self {
        let mut connection = parts.io.0.with_options(options);
        connection.framer.room().extend_from_slice(&parts.read_ahead);
        Self::of(connection)
    }
}

impl Connection {
    /// Writes the fed frames before raw bytes are read or written.
    fn write_fed_first(&mut self) -> io::Result<()> {
        self.ensure_open().and_then(|()| self.flush_until(None)).map_err(into_io)
    }
}

impl Read for RawStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.write_fed_first()?;
        self.0.stream.read(buffer)
    }
}

impl Write for RawStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_fed_first()?;
        self.0.ensure_writable().map_err(into_io)?;
        self.0.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.write_fed_first()?;
        self.0.ensure_writable().map_err(into_io)?;
        self.0.stream.flush()
    }
}

impl fmt::Debug for RawStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawStream").field("unsent", &self.0.out.len()).finish_non_exhaustive()
    }
}
