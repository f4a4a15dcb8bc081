//! The bodies of blocking sessions.

use std::fmt;
use std::io::{self, Read};
use std::time::Instant;

use bytes::Bytes;

use super::connection::Connection;
use crate::error::{Error, Result};

/// The bytes of bodies that are not read yet.
#[derive(Debug, Default)]
pub(super) struct Unread {
    bytes: u64,
    /// Whether the last body extends to the end of the stream.
    to_end: bool,
}

impl Connection {
    /// Reads and discards the unread rest of bodies. If it is longer than the frame limit, the
    /// connection is closed.
    pub(super) fn pass_over(&mut self, due: Option<Instant>) -> Result<()> {
        self.check()?;
        let mut most = count(self.framer.frame_limit());
        while self.unread.bytes > 0 {
            let known = if self.unread.to_end { 0 } else { self.unread.bytes };
            let len = count(self.chunk(usize::MAX, due)?.len());
            most = match most.checked_sub(len).filter(|_| known <= most) {
                Some(most) => most,
                None => {
                    self.abort();
                    return Err(Error::other("the unread rest of a body exceeds the frame limit"));
                }
            };
        }
        Ok(())
    }

    /// Reads the next bytes of a body. Returns no bytes only if the body extends to the end of the
    /// stream and this end is reached.
    fn chunk(&mut self, most: usize, due: Option<Instant>) -> Result<Bytes> {
        let most = usize::try_from(self.unread.bytes).unwrap_or(usize::MAX).min(most);
        loop {
            let chunk = self.framer.take_bytes(most);
            if !chunk.is_empty() {
                self.unread.bytes -= count(chunk.len());
                return Ok(chunk);
            }
            if !self.read(due)? {
                if self.unread.to_end {
                    self.unread.bytes = 0;
                    return Ok(Bytes::new());
                }
                return Err(cut().into());
            }
        }
    }
}

/// Returns the error for a stream that ends within a body.
fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the stream ended within a body")
}

/// The bytes of a body, from [`Session::body`](super::Session::body) or
/// [`Session::body_to_end`](super::Session::body_to_end).
pub struct Body<'s> {
    connection: &'s mut Connection,
    /// Number of unread bytes of earlier bodies.
    before: u64,
}

impl<'s> Body<'s> {
    pub(super) fn begin(connection: &'s mut Connection, len: u64) -> Self {
        let before = connection.unread.bytes;
        connection.unread.bytes = before.saturating_add(len);
        Self { connection, before }
    }

    pub(super) fn begin_to_end(connection: &'s mut Connection) -> Self {
        let before = connection.unread.bytes;
        connection.unread = Unread { bytes: u64::MAX, to_end: true };
        Self { connection, before }
    }

    /// Waits for the next bytes of the body. Returns all that have arrived, or `None` at the end of
    /// the body.
    ///
    /// # Errors
    /// [`Error::Io`] if the connection breaks, or the stream ends within the body.
    pub fn chunk(&mut self) -> Result<Option<Bytes>> {
        let chunk = self.at_most(usize::MAX)?;
        Ok(Some(chunk).filter(|chunk| !chunk.is_empty()))
    }

    /// Returns the next bytes of the body, or no bytes at its end.
    fn at_most(&mut self, most: usize) -> Result<Bytes> {
        self.connection.check()?;
        while self.before > 0 {
            let earlier = usize::try_from(self.before).unwrap_or(usize::MAX);
            match self.connection.chunk(earlier, None)? {
                // `chunk` returns no bytes only at the end of the stream, which has come within an
                // earlier body.
                chunk if chunk.is_empty() => return Err(cut().into()),
                chunk => self.before -= count(chunk.len()),
            }
        }
        if self.connection.unread.bytes == 0 {
            return Ok(Bytes::new());
        }
        self.connection.chunk(most, None)
    }
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("unread", &self.connection.unread).finish_non_exhaustive()
    }
}

impl Read for Body<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let chunk = self.at_most(buffer.len()).map_err(|error| match error {
            Error::Io(error) => error,
            error => io::Error::other(error),
        })?;
        if let Some(place) = buffer.get_mut(..chunk.len()) {
            place.copy_from_slice(&chunk);
        }
        Ok(chunk.len())
    }
}

pub(super) fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
