//! Tunnels, which forward raw bytes in both directions.

use std::io;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Session;
use super::parts::{Parts, RawStream};
use super::stream::{Stream, is_timeout};
#[cfg(doc)]
use crate::error::Error;
use crate::error::{Result, TunnelError};
use crate::stream::rest::count;

impl Session {
    /// Copies bytes between the peer and `far` in both directions until both have closed their
    /// side. Fed frames are written to the peer first, and bytes read ahead are the first that
    /// `far` receives. When one direction ends, the other stays open. Returns the number of bytes
    /// from the peer and to the peer.
    ///
    /// One direction is copied by this thread and the other by a thread that ends with the tunnel.
    /// So both streams must be sockets: a `TcpStream` or a `UnixStream`, or the [`RawStream`] of a
    /// session over one. Bytes that another session has read ahead from `far` are not copied; send
    /// them to the peer first, for example with [`send_body`](Self::send_body).
    ///
    /// The [deadline](Self::deadline) of the session closes the tunnel, and is its only time limit. A
    /// peer that neither reads nor closes its side keeps a tunnel without a deadline for ever, even
    /// after the other side is gone.
    ///
    /// ```no_run
    /// use framewright::{blocking, prelude::*};
    /// use std::net::TcpListener;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct To { port: u16 }
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let (local, _) = listener.accept()?;
    /// let mut s = blocking::Session::connect("127.0.0.1:1080")?;
    /// s.send(&To { port: 80 })?;
    /// s.tunnel(local)?;
    /// # Ok::<(), framewright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Io`] if either side breaks, and at the deadline. Its
    /// [`get_ref`](std::io::Error::get_ref) is a [`TunnelError`] with the number of bytes carried.
    /// Both connections are closed then. [`Error::Io`] of the kind `Unsupported` if a stream is not a
    /// socket, and [`Error::Closed`] if one cannot be written to any more. Both streams are dropped
    /// then.
    pub fn tunnel(self, far: impl Into<RawStream>) -> Result<(u64, u64)> {
        let due = self.connection.deadline;
        let Parts { io: RawStream(near), read_ahead } = self.into_parts();
        let RawStream(far) = far.into();
        near.ensure_writable().and_then(|()| far.ensure_writable())?;
        let failed = Mutex::default();
        let from_peer =
            Direction { reads: near.stream.try_clone()?, writes: far.stream, due, failed: &failed };
        let to_peer =
            Direction { reads: from_peer.writes.try_clone()?, writes: near.stream, due, failed: &failed };
        let (received, sent) = thread::scope(|scope| {
            let receiving =
                thread::Builder::new().spawn_scoped(scope, || from_peer.carry(&far.out, &read_ahead))?;
            let sent = to_peer.carry(&near.out, &[]);
            io::Result::Ok((receiving.join().unwrap_or_else(|panic| resume_unwind(panic)), sent))
        })?;
        match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            None => Ok((received, sent)),
            Some(source) => Err(TunnelError::error(received, sent, source)),
        }
    }
}

/// One direction of a tunnel.
struct Direction<'t> {
    reads: Box<dyn Stream>,
    writes: Box<dyn Stream>,
    due: Option<Instant>,
    /// The error that ended the tunnel.
    failed: &'t Mutex<Option<io::Error>>,
}

impl Direction<'_> {
    /// Writes `unsent` and `read_ahead`, and then everything that arrives. Returns the number of
    /// bytes written, except those of `unsent`. After an error, closes both connections, so that the
    /// other direction ends too.
    fn carry(mut self, unsent: &[u8], read_ahead: &[u8]) -> u64 {
        let mut carried = 0;
        if let Err(error) = self.copy(unsent, read_ahead, &mut carried) {
            self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            self.reads.close();
            self.writes.close();
        }
        carried
    }

    fn copy(&mut self, unsent: &[u8], read_ahead: &[u8], carried: &mut u64) -> io::Result<()> {
        self.write(unsent, &mut 0)?;
        self.write(read_ahead, carried)?;
        let mut buffer = [0; 8 * 1024];
        loop {
            let read = self.read(&mut buffer)?;
            if read == 0 {
                self.writes.close_sending();
                return Ok(());
            }
            self.write(buffer.get(..read).unwrap_or_default(), carried)?;
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = self.time_left()?;
            if left.is_some() {
                self.reads.set_read_time(left)?;
            }
            match self.reads.read(buffer) {
                Err(error) if can_retry(&error, left) => {}
                read => return read,
            }
        }
    }

    fn write(&mut self, mut bytes: &[u8], carried: &mut u64) -> io::Result<()> {
        while !bytes.is_empty() {
            let left = self.time_left()?;
            if left.is_some() {
                self.writes.set_write_time(left)?;
            }
            match self.writes.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    *carried += count(written);
                    bytes = bytes.get(written..).unwrap_or_default();
                }
                Err(error) if can_retry(&error, left) => {}
                Err(error) => return Err(error),
            }
        }
        self.writes.flush()
    }

    /// Returns the time left until the deadline, if there is one. After the deadline, returns an
    /// error.
    fn time_left(&self) -> io::Result<Option<Duration>> {
        match self.due.map(|due| due.saturating_duration_since(Instant::now())) {
            Some(Duration::ZERO) => Err(io::Error::new(io::ErrorKind::TimedOut, "the deadline has passed")),
            left => Ok(left),
        }
    }
}

/// Returns `true` if the call can be repeated after this error. `left` is the timeout that was set.
fn can_retry(error: &io::Error, left: Option<Duration>) -> bool {
    error.kind() == io::ErrorKind::Interrupted || left.is_some() && is_timeout(error)
}
