//! Bodies: any number of raw bytes, in both directions.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{BufMut, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

use super::Session;
use super::link::Link;
use super::near::Near;
use crate::error::{Error, Result};
use crate::net::connection::close::CloseReason;
use crate::net::connection::transport::Step;
use crate::stream::rest::{TooLong, Unread, count};

/// Maximum number of bytes that are read at once from the reader of a body to be sent.
const PART: usize = 64 * 1024;

impl Session {
    /// Returns the next `len` raw bytes as a stream. The bytes may be an upload, a file, or a blob.
    /// Usually an earlier frame has announced their length.
    ///
    /// The frame limit does not apply, and only a part of the body is in memory at a time. The peer
    /// has to keep the pace of [`Limits::slow_sender`](crate::net::Limits::slow_sender) while the
    /// body is being read. The next [`recv`](Self::recv) skips an unread rest of the body up to the
    /// frame limit, and so do a [handler](Self::serve) and a [client](Self::into_client) that take
    /// over. If the rest is longer, the connection is closed.
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
        self.forget_last_frame();
        self.near.rest.begin(Unread::Bytes(len));
        Body { session: self }
    }

    /// Returns all bytes up to the end of the stream, like [`body`](Self::body).
    pub fn body_to_end(&mut self) -> Body<'_> {
        self.forget_last_frame();
        self.near.rest.begin(Unread::ToEnd);
        Body { session: self }
    }

    /// Sends `len` raw bytes of `reader` after the fed frames, with back-pressure. Frames pushed
    /// meanwhile are sent after the body. Do not push the frame that announces the body, but feed it.
    /// If other frames are pushed to this peer, feed it in the closure itself, directly before this
    /// call: while the closure waits for something else, or in another task, a pushed frame may be
    /// written between them. A session without a task
    /// ([see](Self#on-a-server-and-elsewhere)) returns when all of them are written.
    ///
    /// # Errors
    /// [`Error::Io`] if the reader fails or ends too early, or the connection breaks. The
    /// connection is then aborted, because the peer would wait for the missing bytes. Later calls
    /// on the session return [`Error::Closed`].
    ///
    /// # Cancel safety
    /// If cancelled, the connection is aborted.
    pub async fn send_body(&mut self, len: u64, reader: impl AsyncRead + Unpin) -> Result<()> {
        let whole = Whole { session: self, done: false };
        let sent = whole.session.copy_body(len, reader).await;
        whole.end(sent)
    }

    async fn copy_body(&mut self, len: u64, reader: impl AsyncRead + Unpin) -> Result<()> {
        let most_left = self.link.outbox.pause_at() - 1;
        let mut reader = reader.take(len);
        let mut left = len;
        self.announce_step();
        self.flush_to(most_left).await?;
        self.begin_step();
        while left > 0 {
            let read = self.read_for_peer(&mut reader).await?;
            if read == 0 {
                let short = format!("the reader of the body ended {left} bytes too early");
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, short).into());
            }
            left = left.saturating_sub(count(read));
            self.flush_to(most_left).await?;
        }
        if !self.link.lock().served {
            // Nobody writes the rest when the session is dropped next.
            self.flush_to(0).await?;
        }
        self.near.out.release();
        Ok(())
    }

    /// Reads a part of a body into the out-buffer. While the reader waits, what was read before is
    /// written, and a reset and the deadline are detected.
    async fn read_for_peer(&mut self, reader: &mut (impl AsyncRead + Unpin)) -> Result<usize> {
        let Self { link, near, .. } = self;
        poll_fn(|cx| {
            near.out.ensure_memory();
            let mut room = near.out.tail().limit(PART);
            match pin!(reader.read_buf(&mut room)).poll(cx) {
                Poll::Ready(read) => Poll::Ready(read.map_err(Error::Io)),
                Poll::Pending => near.poll_others(link, cx),
            }
        })
        .await
    }

    /// Lets pushed frames wait, because they must not follow the frame that announces a step. If nothing
    /// else is unwritten, that frame was written or pushed before, so those that wait now come first.
    pub(super) fn announce_step(&self) {
        if let Some(transport) = &mut self.link.lock().transport {
            if transport.out.is_empty() && transport.step == Step::None {
                transport.take_pushed();
            }
            transport.step = Step::Announced;
        }
    }

    /// Records that an announced step begins, which must be completed. A [`Whole`] records its end.
    pub(super) fn begin_step(&self) {
        if let Some(transport) = &mut self.link.lock().transport {
            transport.step = Step::Incomplete;
        }
    }

    /// Reads and discards the rest of bodies, up to the frame limit.
    pub(super) async fn pass_over(&mut self) -> Result<()> {
        let Self { link, near, .. } = self;
        let _paused = Pause(link);
        poll_fn(|cx| near.poll_pass_over(link, cx)).await
    }
}

impl Near {
    /// Waits for the next bytes of a body.
    fn poll_chunk(&mut self, link: &Link, cx: &mut Context<'_>, most: usize) -> Poll<Result<Option<Bytes>>> {
        loop {
            if self.broken {
                return Poll::Ready(Err(Error::Closed));
            }
            if self.rest.is_nothing() {
                return Poll::Ready(Ok(None));
            }
            let Ok(chunk) = self.rest.take(&mut self.framer, most) else {
                return Poll::Ready(self.refuse_rest(link));
            };
            if self.rest.is_nothing() {
                body_ended(link);
            } else if chunk.is_none() {
                ready!(self.poll_rest(link, cx))?;
            }
            if chunk.is_some() {
                return Poll::Ready(Ok(chunk));
            }
        }
    }

    /// Passes over the rest of bodies, up to the frame limit.
    pub(super) fn poll_pass_over(&mut self, link: &Link, cx: &mut Context<'_>) -> Poll<Result<()>> {
        loop {
            if self.broken {
                return Poll::Ready(Err(Error::Closed));
            }
            if self.rest.pass_over(&mut self.framer).is_err() {
                return Poll::Ready(self.refuse_rest(link));
            }
            if self.rest.is_nothing() {
                body_ended(link);
                return Poll::Ready(Ok(()));
            }
            ready!(self.poll_rest(link, cx))?;
        }
    }

    /// Waits for more of a body, of which all received bytes are taken.
    fn poll_rest(&mut self, link: &Link, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let more = ready!(self.poll_more(link, cx))?;
        Poll::Ready(if more { Ok(()) } else { self.rest.end() })
    }

    /// Closes the connection, because the peer sends too much that nobody reads.
    fn refuse_rest<T>(&mut self, link: &Link) -> Result<T> {
        self.break_off();
        link.end(CloseReason::Handler(TooLong::WHY.into()));
        Err(Error::other(TooLong::WHY))
    }
}

/// Records that bodies have been read to their end.
fn body_ended(link: &Link) {
    if let Some(transport) = &mut link.lock().transport {
        transport.deadlines.body_ended();
    }
}

/// A guard for a step that must be completed. If it is dropped before [`end`](Self::end), the
/// connection is aborted.
pub(super) struct Whole<'s> {
    pub(super) session: &'s mut Session,
    pub(super) done: bool,
}

impl Whole<'_> {
    #[cfg(feature = "tls")]
    pub(super) fn finish(mut self) {
        self.done = true;
    }

    /// Ends the step with its result. An error aborts the connection, and is reported as the reason.
    pub(super) fn end<T>(mut self, result: Result<T>) -> Result<T> {
        match &result {
            Ok(_) => self.done = true,
            // The connection has ended before, for a reason of its own.
            Err(Error::Closed) => {}
            Err(error) => self.session.link.end(CloseReason::Handler(error.to_string().into())),
        }
        result
    }
}

impl Drop for Whole<'_> {
    fn drop(&mut self) {
        if self.done {
            // Frames were pushed, or the connection was to be closed, in the step.
            if let Some(transport) = self.session.link.lock().feeds() {
                transport.step = Step::None;
            }
        } else {
            // The transport stays in the step, so that nothing is written after it.
            self.session.near.break_off();
            let error =
                io::Error::new(io::ErrorKind::ConnectionAborted, "a step of the session was cancelled");
            self.session.link.end(CloseReason::Io(error));
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
        let Session { link, near, .. } = &mut *self.session;
        let _paused = Pause(link);
        poll_fn(|cx| near.poll_chunk(link, cx, usize::MAX)).await
    }
}

/// Pauses the time limit of a body when it is dropped. Polls without a future that is dropped
/// [ask](super::link::State::asks) for the body instead.
struct Pause<'l>(&'l Link);

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
        let Session { link, near, .. } = &mut *self.session;
        let polled = near.poll_chunk(link, cx, most);
        if polled.is_pending() {
            link.lock().asks();
        }
        match ready!(polled) {
            Ok(chunk) => {
                buf.put_slice(&chunk.unwrap_or_default());
                Poll::Ready(Ok(()))
            }
            Err(Error::Io(error)) => Poll::Ready(Err(error)),
            Err(error) => Poll::Ready(Err(io::Error::other(error))),
        }
    }
}
