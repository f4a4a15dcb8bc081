//! The part that blocking clients and sessions have in common: a stream, the out-buffer, and the
//! receive buffer.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::BytesMut;

use crate::error::{Error, Result};
use crate::frame::Encode;
use crate::options::{ClientOptions, as_given};
use crate::stream::Framer;
use crate::stream::rest::Rest;

/// A stream to read from and write to.
trait Stream: Read + Write + Send + Sync {
    /// Sets the read timeout, if the stream has one.
    fn set_read_time(&self, time: Option<Duration>) -> io::Result<()>;

    /// Sets the write timeout, if the stream has one.
    fn set_write_time(&self, time: Option<Duration>) -> io::Result<()>;

    /// Returns the addresses of the peer and of this side, if the stream has them.
    fn addresses(&self) -> Option<(SocketAddr, SocketAddr)> {
        None
    }

    /// Closes the stream in both directions, if it can be closed without being dropped.
    fn close(&self) {}
}

impl Stream for TcpStream {
    fn set_read_time(&self, time: Option<Duration>) -> io::Result<()> {
        self.set_read_timeout(time)
    }

    fn set_write_time(&self, time: Option<Duration>) -> io::Result<()> {
        self.set_write_timeout(time)
    }

    fn addresses(&self) -> Option<(SocketAddr, SocketAddr)> {
        Some((self.peer_addr().ok()?, self.local_addr().ok()?))
    }

    fn close(&self) {
        // If this fails, the stream is closed already.
        let _ = self.shutdown(Shutdown::Both);
    }
}

/// A stream without timeouts. The `Mutex` only makes the stream `Sync`: every access is through
/// `get_mut`, which does not lock.
struct Timeless<IO>(Mutex<IO>);

impl<IO> Timeless<IO> {
    fn io(&mut self) -> &mut IO {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<IO: Read> Read for Timeless<IO> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.io().read(buffer)
    }
}

impl<IO: Write> Write for Timeless<IO> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.io().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.io().flush()
    }
}

impl<IO: Read + Write + Send> Stream for Timeless<IO> {
    fn set_read_time(&self, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }

    fn set_write_time(&self, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }
}

pub(super) struct Connection {
    stream: Box<dyn Stream>,
    out: BytesMut,
    pub(super) framer: Framer,
    request_timeout: Option<Duration>,
    /// Whether a read timeout is set on the stream.
    timed: bool,
    /// Whether a write timeout is set on the stream.
    timed_writes: bool,
    /// Whether a write failed halfway. Nothing can be written after that.
    torn: bool,
    /// Whether the connection was [aborted](Connection::abort).
    aborted: bool,
    deadline: Option<Instant>,
    /// The unread rest of bodies.
    pub(super) rest: Rest,
}

impl Connection {
    pub(super) fn connect(address: impl ToSocketAddrs + fmt::Debug, options: &ClientOptions) -> Result<Self> {
        let stream = connect(&address, options.time_to_connect())
            .map_err(|source| Error::Connect { address: as_given(&address), source })?;
        Ok(Self::of(Box::new(stream), options))
    }

    pub(super) fn over(io: impl Read + Write + Send + 'static, options: &ClientOptions) -> Self {
        Self::of(Box::new(Timeless(Mutex::new(io))), options)
    }

    fn of(stream: Box<dyn Stream>, options: &ClientOptions) -> Self {
        Self {
            stream,
            out: BytesMut::new(),
            framer: options.framer(),
            request_timeout: options.request_timeout,
            timed: false,
            timed_writes: false,
            torn: false,
            aborted: false,
            deadline: None,
            rest: Rest::NOTHING,
        }
    }

    /// Ends the connection after a step that was left halfway. All later calls fail.
    pub(super) fn abort(&mut self) {
        self.aborted = true;
        self.stream.close();
    }

    /// Returns an error if the connection was aborted.
    pub(super) fn check(&self) -> Result<()> {
        if self.aborted { Err(Error::Closed) } else { Ok(()) }
    }

    /// Sets the time after which nothing is read or written any more.
    pub(super) fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    /// Returns the addresses of the peer and of this side, or unspecified addresses.
    pub(super) fn addresses(&self) -> (SocketAddr, SocketAddr) {
        let none = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        self.stream.addresses().unwrap_or((none, none))
    }

    /// Returns the deadline for the reply to a request that is made now.
    pub(super) fn due(&self) -> Option<Instant> {
        self.request_timeout.and_then(|time| Instant::now().checked_add(time))
    }

    /// Puts a frame into the out-buffer.
    pub(super) fn feed<T: Encode>(&mut self, frame: &T) -> Result<()> {
        self.check()?;
        Ok(frame.encode(&mut self.out)?)
    }

    /// Writes the out-buffer. If the write fails, the unwritten bytes are lost and the connection
    /// cannot be written to any more.
    pub(super) fn flush(&mut self) -> Result<()> {
        self.flush_until(None)
    }

    /// Like [`flush`](Self::flush), with a deadline.
    pub(super) fn flush_until(&mut self, due: Option<Instant>) -> Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let mut out = std::mem::take(&mut self.out);
        let written = self.write_until(&out, due);
        out.clear();
        if out.capacity() <= Framer::KEEP {
            self.out = out;
        }
        written
    }

    /// Writes raw bytes after the out-buffer.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.flush()?;
        self.write_until(bytes, None)
    }

    /// Writes all of `bytes`. If the write fails or takes too long, the connection cannot be
    /// written to any more.
    fn write_until(&mut self, bytes: &[u8], due: Option<Instant>) -> Result<()> {
        self.check()?;
        if self.torn {
            return Err(Error::Closed);
        }
        self.torn = true;
        let mut left = bytes;
        while !left.is_empty() {
            let time = self.time_left(due, NOT_SENT)?;
            if time.is_some() || self.timed_writes {
                self.stream.set_write_time(time)?;
                self.timed_writes = time.is_some();
            }
            match self.stream.write(left) {
                Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero).into()),
                Ok(written) => left = left.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) && time.is_some() => {
                    self.time_left(due, NOT_SENT)?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.stream.flush()?;
        self.torn = false;
        Ok(())
    }

    /// Returns the time left until `due` and the deadline, or `None` if there is neither. Returns
    /// the error `passed` if `due` has passed.
    fn time_left(&self, due: Option<Instant>, passed: Error) -> Result<Option<Duration>> {
        let now = Instant::now();
        let left = |due: Instant| due.saturating_duration_since(now);
        match (due.map(left), self.deadline.map(left)) {
            (Some(Duration::ZERO), _) => Err(passed),
            (_, Some(Duration::ZERO)) => Err(DEADLINE),
            (due, deadline) => Ok(due.into_iter().chain(deadline).min()),
        }
    }

    /// Writes the out-buffer, and then reads once. Returns `false` at the end of the stream. `Read`
    /// takes only initialised bytes, so the room is zeroed before the read.
    pub(super) fn read(&mut self, due: Option<Instant>) -> Result<bool> {
        self.check()?;
        if self.framer.is_finished() {
            return Ok(false);
        }
        self.flush_until(due)?;
        let left = self.time_left(due, NO_REPLY)?;
        if left.is_some() || self.timed {
            self.stream.set_read_time(left)?;
            self.timed = left.is_some();
        }
        let room = self.framer.room();
        let (start, end) = (room.len(), room.capacity());
        room.resize(end, 0);
        let read = self.stream.read(room.get_mut(start..).unwrap_or_default());
        room.truncate(start + read.as_ref().copied().unwrap_or(0));
        match read {
            Ok(0) => self.framer.finish(),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if is_timeout(&error) && left.is_some() => {
                self.time_left(due, NO_REPLY)?;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(true)
    }
}

const NO_REPLY: Error = Error::Timeout("no reply to the request");
const NOT_SENT: Error = Error::Timeout("the request could not be sent");
const DEADLINE: Error = Error::Timeout("the deadline has passed");

/// Returns `true` if an error is a timeout. The kind of such an error depends on the system.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

/// Connects to the first address that accepts the connection.
fn connect(address: &impl ToSocketAddrs, time: Duration) -> io::Result<TcpStream> {
    let due = Instant::now() + time;
    let mut last = io::Error::new(io::ErrorKind::InvalidInput, "the name has no address");
    for address in address.to_socket_addrs()? {
        let left = due.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => {
                // Frames are written whole, so Nagle's algorithm would only delay them.
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
