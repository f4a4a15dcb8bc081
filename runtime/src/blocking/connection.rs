//! The part that blocking clients and sessions have in common: a stream, the out-buffer, and the
//! receive buffer.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
#[cfg(unix)]
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::BytesMut;

#[cfg(unix)]
use super::stream::connect_unix;
use super::stream::{Stream, Timeless, connect, is_timeout};
use crate::error::{Error, Result};
use crate::frame::{Decode, Encode};
use crate::options::{ClientOptions, as_given};
use crate::stream::Framer;
use crate::stream::rest::Rest;

pub(super) struct Connection {
    pub(super) stream: Box<dyn Stream>,
    pub(super) out: BytesMut,
    pub(super) framer: Framer,
    request_timeout: Option<Duration>,
    /// Whether a read timeout is set on the stream.
    timed: bool,
    /// Whether a write timeout is set on the stream.
    timed_writes: bool,
    /// Whether a write failed halfway. Nothing can be written after that.
    torn: bool,
    /// Whether the connection was [aborted](Connection::abort). The halves of a client share this.
    aborted: Arc<AtomicBool>,
    pub(super) deadline: Option<Instant>,
    /// The unread rest of bodies.
    pub(super) rest: Rest,
}

impl Connection {
    pub(super) fn connect(address: impl ToSocketAddrs + fmt::Debug, options: &ClientOptions) -> Result<Self> {
        let stream = connect(&address, options.time_to_connect())
            .map_err(|source| Error::Connect { address: as_given(&address), source })?;
        Ok(Self::of(Box::new(stream), options))
    }

    #[cfg(unix)]
    pub(super) fn connect_unix(path: &Path, options: &ClientOptions) -> Result<Self> {
        let stream = connect_unix(path, options.time_to_connect())
            .map_err(|source| Error::Connect { address: path.display().to_string(), source })?;
        Ok(Self::of(Box::new(stream), options))
    }

    pub(super) fn over(io: impl Read + Write + Send + 'static, options: &ClientOptions) -> Self {
        Self::of(Box::new(Timeless::new(io)), options)
    }

    pub(super) fn of(stream: Box<dyn Stream>, options: &ClientOptions) -> Self {
        Self {
            stream,
            out: BytesMut::new(),
            framer: options.framer(),
            request_timeout: options.request_timeout,
            timed: false,
            timed_writes: false,
            torn: false,
            aborted: Arc::default(),
            deadline: None,
            rest: Rest::NOTHING,
        }
    }

    /// Sets the options, and removes the deadline. Keeps the stream and the unwritten frames, but not
    /// the bytes read ahead.
    pub(super) fn with_options(self, options: &ClientOptions) -> Self {
        // If this fails, so does the next read or write.
        let _ = self.stream.set_read_time(None);
        let _ = self.stream.set_write_time(None);
        let Self { stream, out, torn, aborted, .. } = self;
        Self { out, torn, aborted, ..Self::of(stream, options) }
    }

    /// Returns two connections over the same socket, one that only sends and one that only receives.
    pub(super) fn split(self) -> Result<(Self, Self)> {
        let options = ClientOptions::new();
        let Self { stream, out, framer, timed, timed_writes, torn, aborted, deadline, rest, .. } = self;
        let receives = Self::of(stream.try_clone()?, &options);
        let shared = Arc::clone(&aborted);
        let sends = Self { out, timed_writes, torn, aborted: shared, deadline, ..Self::of(stream, &options) };
        Ok((sends, Self { framer, timed, aborted, deadline, rest, ..receives }))
    }

    /// Closes the sending side.
    pub(super) fn close_sending(&self) {
        self.stream.close_sending();
    }

    /// Closes the connection in both directions, for both halves of a client. All later calls fail.
    pub(super) fn abort(&mut self) {
        self.aborted.store(true, Ordering::Release);
        self.stream.close();
    }

    /// Returns an error if the connection was aborted.
    pub(super) fn ensure_open(&self) -> Result<()> {
        if self.aborted.load(Ordering::Acquire) { Err(Error::Closed) } else { Ok(()) }
    }

    /// Returns an error if nothing can be written any more.
    pub(super) fn ensure_writable(&self) -> Result<()> {
        if self.torn { Err(Error::Closed) } else { self.ensure_open() }
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
        self.ensure_writable()?;
        Ok(frame.encode(&mut self.out)?)
    }

    /// Writes the out-buffer. If the write fails, the unwritten bytes are lost and the connection
    /// cannot be written to any more.
    pub(super) fn flush(&mut self) -> Result<()> {
        self.ensure_writable()?;
        self.flush_until(None)
    }

    /// Like [`flush`](Self::flush), with a deadline. If there is nothing to write, this succeeds even
    /// if the connection cannot be written to any more, since it can still be read.
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
        self.ensure_writable()?;
        self.torn = true;
        let written = self.write_all(bytes, due);
        // The other half may have aborted the connection meanwhile.
        self.ensure_open()?;
        self.torn = written.is_err();
        written
    }

    fn write_all(&mut self, bytes: &[u8], due: Option<Instant>) -> Result<()> {
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
        Ok(self.stream.flush()?)
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

    /// Receives the next owned frame. Returns `None` at the end of the stream.
    pub(super) fn recv<R: for<'a> Decode<'a>>(&mut self, due: Option<Instant>) -> Result<Option<R>> {
        // A session may have left the rest of a body unread.
        self.pass_over(due)?;
        loop {
            if let Some(frame) = self.framer.next_frame()? {
                return Ok(Some(frame));
            }
            if !self.read(due)? {
                return Ok(None);
            }
        }
    }

    /// Writes the out-buffer, and then reads once. Returns `false` at the end of the stream. `Read`
    /// takes only initialised bytes, so the room is zeroed before the read.
    pub(super) fn read(&mut self, due: Option<Instant>) -> Result<bool> {
        self.ensure_open()?;
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
        // The other half may have aborted the connection meanwhile.
        self.ensure_open()?;
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
