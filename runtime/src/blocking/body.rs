//! The bodies of blocking sessions.

use std::fmt;
use std::io::{self, Read};
use std::time::Instant;

use bytes::Bytes;

use super::connection::Connection;
use super::stream::into_io;
use crate::error::{Error, Result};
use crate::stream::rest::{TooLong, Unread};

impl Connection {
    /// Reads and discards the unread rest of bodies. If it is longer than the frame limit, the
    /// connection is closed.
    pub(super) fn pass_over(&mut self, due: Option<Instant>) -> Result<()> {
        self.ensure_open()?;
        while !self.rest.is_nothing() {
            if self.rest.pass_over(&mut self.framer).is_err() {
                return self.refuse_rest();
            }
            if !self.rest.is_nothing() && !self.read(due)? {
                return self.rest.end();
            }
        }
        Ok(())
    }

    /// Waits for the next bytes of a body, at most `most`. Returns `None` at its end.
    fn chunk(&mut self, most: usize) -> Result<Option<Bytes>> {
        self.ensure_open()?;
        while !self.rest.is_nothing() {
            let Ok(chunk) = self.rest.take(&mut self.framer, most) else { return self.refuse_rest() };
            if chunk.is_some() {
                return Ok(chunk);
            }
            if !self.read(None)? {
                self.rest.end()?;
            }
        }
        Ok(None)
    }

    /// Closes the connection, because the peer sends too much that nobody reads.
    fn refuse_rest<T>(&mut self) -> Result<T> {
        self.abort();
        Err(Error::other(TooLong::WHY))
    }
}

/// The bytes of a body, from [`Session::body`](super::Session::body) or
/// [`Session::body_to_end`](super::Session::body_to_end).
pub struct Body<'s>(&'s mut Connection);

impl<'s> Body<'s> {
    pub(super) fn begin(connection: &'s mut Connection, body: Unread) -> Self {
        connection.rest.begin(body);
        Self(connection)
    }

    /// Waits for the next bytes of the body. Returns all that have arrived, or `None` at the end of
    /// the body.
    ///
    /// # Errors
    /// [`Error::Io`] if the connection breaks, or the stream ends within the body.
    pub fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.0.chunk(usize::MAX)
    }
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("unread", &self.0.rest).finish_non_exhaustive()
    }
}

impl Read for Body<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let chunk = self.0.chunk(buffer.len()).map_err(into_io)?;
        let chunk = chunk.unwrap_or_default();
        if let Some(place) = buffer.get_mut(..chunk.len()) {
            place.copy_from_slice(&chunk);
        }
        Ok(chunk.len())
    }
}
