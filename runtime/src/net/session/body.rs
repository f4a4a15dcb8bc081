//! Bodies: any number of raw bytes, in both directions.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{BufMut, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

use super::{BoxIo, Near, Session, Unread};
use crate::error::{Error, Result};
use crate::net::connection::close::CloseReason;
use crate::net::connection::transport::Transport;

impl Session {
    /// Returns the next `len` raw bytes as a stream. The bytes may be an upload, a file, or a blob.
    /// Usually an earlier frame has announced their length.
    ///
    /// The frame limit does not apply, and only a part of the body is in memory at a time. The peer
    /// has to keep the pace of [`Limits::slow_sender`](crate::net::Limits::slow_sender) while the
    /// body is being read. The next [`recv`](Self::recv) skips an unread rest of the body up to the
    /// frame limit. If the rest is longer, the connection is closed.
    ///
    /// ```no_run
    /// use framewright::net::Close;
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Put { #[len_prefixed(u8)] name: String, size: u64 }
    ///
    /// let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
    ///     let put: Put = s.require().await?;
    ///     let mut file = tokio::io::sink();
    ///     tokio::io::copy(&mut s.body(put.size), &mut file).await?;
    ///     Ok(())
    /// });
    /// ```
    pub fn body(&mut self, len: u64) -> Body<'_> {
        self.begin_body(Unread::Bytes(len));
        Body { session: self }
    }

    /// Returns all bytes up to the end of the stream, like [`body`](Self::body).
    pub fn body_to_end(&mut self) -> Body<'_> {
        self.begin_body(Unread::ToEnd);
        Body { session: self }
    }

    fn begin_body(&mut self, unread: Unread) {
        let near = &mut self.near;
        match near.unread {
            Unread::Bytes(left) => near.skip = near.skip.saturating_add(left),
            // A body that extends to the end of the stream is followed by no other bytes.
            Unread::ToEnd => near.skip = u64::MAX,
        }
        near.unread = unread;
    }

    /// Sends `len` raw bytes of `reader` after the fed frames, with back-pressure. Frames pushed
    /// meanwhile are sent after the body.
    ///
    /// # Errors
    /// [`Error::Io`] if the reader fails or ends too early, or the connection breaks. The
    /// connection is then aborted, because the peer would wait for the missing bytes. Later calls
    /// on the session return [`Error::Closed`].
    ///
    /// # Cancel safety
    /// If cancelled, the connection is aborted.
    pub async fn send_body(&mut self, len: u64, reader: impl AsyncRead + Unpin) -> Result<()> {
        let mut reader = reader.take(len);
        let mut left = len;
        self.flush_to(Transport::<BoxIo>::BACKLOG).await?;
        self.hold_pushes(true);
        let whole = Whole { session: self, done: false };
        while left > 0 {
            let near = &mut whole.session.near;
            near.out.ensure_memory();
            let read = reader.read_buf(&mut near.out.tail().limit(Transport::<BoxIo>::BACKLOG)).await?;
            if read == 0 {
                let short = format!("the reader of the body ended {left} bytes too early");
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, short).into());
            }
            left = left.saturating_sub(count(read));
            whole.session.flush_to(Transport::<BoxIo>::BACKLOG).await?;
        }
        whole.finish();
        Ok(())
    }

    pub(super) fn hold_pushes(&self, hold: bool) {
        if let Some(transport) = &mut self.link.lock().transport {
            transport.holds_pushes = hold;
        }
    }

    /// Waits for the next bytes of a body.
    pub(super) fn poll_chunk(&mut self, cx: &mut Context<'_>, most: usize) -> Poll<Result<Option<Bytes>>> {
        loop {
            if self.near.broken {
                return Poll::Ready(Err(Error::Closed));
            }
            if let Some(chunk) = self.near.take_chunk(most) {
                if self.near.unread == Unread::NOTHING {
                    self.body_ended();
                }
                return Poll::Ready(Ok(Some(chunk)));
            }
            if self.near.unread == Unread::NOTHING && self.near.skip == 0 {
                return Poll::Ready(Ok(None));
            }
            if !ready!(self.near.poll_more(&self.link, cx))? && !self.near.has_bytes() {
                let at_end = self.near.unread == Unread::ToEnd;
                self.near.unread = Unread::NOTHING;
                self.near.skip = 0;
                self.body_ended();
                let cut = || io::Error::new(io::ErrorKind::UnexpectedEof, "the stream ended within a body");
                return Poll::Ready(if at_end { Ok(None) } else { Err(cut().into()) });
            }
        }
    }

    fn body_ended(&self) {
        if let Some(transport) = &mut self.link.lock().transport {
            transport.deadlines.body_ended();
        }
    }
}

impl Near {
    fn has_bytes(&self) -> bool {
        !self.framer.read_ahead().is_empty()
    }

    /// Takes a part of the body from the received bytes.
    fn take_chunk(&mut self, most: usize) -> Option<Bytes> {
        while self.skip > 0 && self.has_bytes() {
            let skipped = self.framer.take_bytes(usize::try_from(self.skip).unwrap_or(usize::MAX));
            self.skip -= count(skipped.len());
        }
        let left = match self.unread {
            Unread::Bytes(left) => usize::try_from(left).unwrap_or(usize::MAX),
            Unread::ToEnd => usize::MAX,
        };
        if left == 0 || !self.has_bytes() {
            return None;
        }
        let chunk = self.framer.take_bytes(left.min(most));
        if let Unread::Bytes(left) = &mut self.unread {
            *left -= count(chunk.len());
        }
        Some(chunk)
    }
}

/// A guard for a step that must be completed. If it is dropped before [`finish`](Self::finish), the
/// connection is aborted.
pub(super) struct Whole<'s> {
    pub(super) session: &'s mut Session,
    pub(super) done: bool,
}

impl Whole<'_> {
    pub(super) fn finish(mut self) {
        self.done = true;
    }
}

impl Drop for Whole<'_> {
    fn drop(&mut self) {
        self.session.hold_pushes(false);
        if !self.done {
            self.session.near.break_off();
            let error =
                io::Error::new(io::ErrorKind::ConnectionAborted, "a step of the session was cancelled");
            self.session.link.abort(CloseReason::Io(error));
        }
    }
}

/// The bytes of a body, from [`Session::body`] or [`Session::body_to_end`]. They can be read as
/// chunks or through [`AsyncRead`].
///
/// This type has no `Drop`, so the session can be used again after the last use of the body.
#[derive(Debug)]
pub struct Body<'s> {
    session: &'s mut Session,
}

impl Body<'_> {
    /// Waits for the next bytes of the body. Returns all that have arrived, or `None` at the end of
    /// the body.
    ///
    /// # Errors
    /// [`Error::Io`] if the stream ends within the body. For a session without a task
    /// ([see](Session#on-a-server-and-elsewhere)), also if the connection breaks.
    ///
    /// # Cancel safety
    /// If cancelled, nothing is lost.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let link = self.session.link.clone();
        let _paused = Pause(&link);
        poll_fn(|cx| self.session.poll_chunk(cx, usize::MAX)).await
    }
}

/// Pauses the time limit of a body when it is dropped.
struct Pause<'l>(&'l super::Link);

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        if let Some(transport) = &mut self.0.lock().transport {
            transport.deadlines.pause_body();
        }
    }
}

/// Reading returns the same errors as [`chunk`](Body::chunk).
impl AsyncRead for Body<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let most = buf.remaining();
        if most == 0 {
            return Poll::Ready(Ok(()));
        }
        match ready!(self.session.poll_chunk(cx, most)) {
            Ok(chunk) => {
                buf.put_slice(&chunk.unwrap_or_default());
                Poll::Ready(Ok(()))
            }
            Err(Error::Io(error)) => Poll::Ready(Err(error)),
            Err(error) => Poll::Ready(Err(io::Error::other(error))),
        }
    }
}

/// Converts a number of bytes to `u64`.
pub(super) fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
