//! The streams of blocking clients and sessions.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
#[cfg(unix)]
use std::path::Path;
#[cfg(unix)]
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};
#[cfg(unix)]
use std::thread;
use std::time::{Duration, Instant};

use crate::error::Error;

/// A stream to read from and write to.
pub(super) trait Stream: Read + Write + Send + Sync {
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

    /// Closes the sending side.
    fn close_sending(&self) {}

    /// Makes the stream blocking and removes its timeouts.
    fn reset(&self) -> io::Result<()> {
        Ok(())
    }

    /// Returns another handle to the stream, so that one thread can read while another writes.
    fn try_clone(&self) -> io::Result<Box<dyn Stream>> {
        let why = "only a socket can be read and written by two threads";
        Err(io::Error::new(io::ErrorKind::Unsupported, why))
    }
}

impl Stream for TcpStream {
    fn set_read_time(&self, time: Option<Duration>) -> io::Result<()> {
        self.set_read_timeout(time)
    }

    fn set_write_time(&self, time: Option<Duration>) -> io::Result<()> {
        self.set_write_timeout(time)
    }

    fn reset(&self) -> io::Result<()> {
        self.set_nonblocking(false)?;
        self.set_read_timeout(None)?;
        self.set_write_timeout(None)
    }

    fn addresses(&self) -> Option<(SocketAddr, SocketAddr)> {
        Some((self.peer_addr().ok()?, self.local_addr().ok()?))
    }

    fn close(&self) {
        // If this fails, the stream is closed already.
        let _ = self.shutdown(Shutdown::Both);
    }

    fn close_sending(&self) {
        // If this fails, the stream is closed already.
        let _ = self.shutdown(Shutdown::Write);
    }

    fn try_clone(&self) -> io::Result<Box<dyn Stream>> {
        Ok(Box::new(Self::try_clone(self)?))
    }
}

#[cfg(unix)]
impl Stream for UnixStream {
    fn set_read_time(&self, time: Option<Duration>) -> io::Result<()> {
        self.set_read_timeout(time)
    }

    fn set_write_time(&self, time: Option<Duration>) -> io::Result<()> {
        self.set_write_timeout(time)
    }

    fn reset(&self) -> io::Result<()> {
        self.set_nonblocking(false)?;
        self.set_read_timeout(None)?;
        self.set_write_timeout(None)
    }

    fn close(&self) {
        // If this fails, the stream is closed already.
        let _ = self.shutdown(Shutdown::Both);
    }

    fn close_sending(&self) {
        // If this fails, the stream is closed already.
        let _ = self.shutdown(Shutdown::Write);
    }

    fn try_clone(&self) -> io::Result<Box<dyn Stream>> {
        Ok(Box::new(Self::try_clone(self)?))
    }
}

/// A stream without timeouts. The `Mutex` only makes the stream `Sync`: every access is through
/// `get_mut`, which does not lock.
pub(super) struct Timeless<IO>(Mutex<IO>);

impl<IO> Timeless<IO> {
    pub(super) fn new(io: IO) -> Self {
        Self(Mutex::new(io))
    }

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

/// Returns `true` if an error is a timeout. The kind of such an error depends on the system.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

/// Returns an error as the error of a raw stream.
pub(super) fn into_io(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        Error::Closed => io::ErrorKind::NotConnected.into(),
        error => io::Error::other(error),
    }
}

/// Connects to the first address that accepts the connection.
pub(super) fn connect(address: &impl ToSocketAddrs, time: Duration) -> io::Result<TcpStream> {
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

/// Connects to a Unix socket. If the queue of the server is full, the system call waits without a
/// limit, so it runs in a thread, which is left behind when the time is over.
#[cfg(unix)]
pub(super) fn connect_unix(path: &Path, time: Duration) -> io::Result<UnixStream> {
    let (sender, connected) = mpsc::sync_channel(1);
    let path = path.to_owned();
    // Sending fails if the time is over.
    thread::Builder::new().spawn(move || drop(sender.send(UnixStream::connect(path))))?;
    connected.recv_timeout(time).unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

#[cfg(all(test, unix))]
mod tests {
    use socket2::{Domain, SockAddr, Socket, Type};

    use super::*;

    #[test]
    fn connecting_to_a_full_unix_socket_ends_in_time() {
        let path = std::env::temp_dir().join(format!("framewright-full-{}.sock", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let listener = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
        listener.bind(&SockAddr::unix(&path).unwrap()).unwrap();
        listener.listen(0).unwrap();
        // On Linux, this connection fills the queue, and the next one waits. Other systems refuse the
        // next one at once.
        let _queued = connect_unix(&path, Duration::from_secs(10)).unwrap();
        assert!(connect_unix(&path, Duration::from_millis(20)).is_err());
        std::fs::remove_file(&path).unwrap();
    }
}
