//! The two halves of a client, one for sending and one for receiving.

use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::io::{AsyncReadExt, AsyncWrite};

use super::split::{ReadHalf, WriteHalf};
use crate::error::{Error, Result};
use crate::frame::{Decode, Encode};
use crate::net::connection::noise::{log_noise, log_once_that_it_cannot_resync, log_runs_of_noise};
use crate::net::connection::out_buffer::OutBuffer;
use crate::net::connection::pool;
use crate::stream::Framer;
use crate::stream::rest::{Rest, TooLong};

/// The sending half of a [`Client`](crate::net::Client). Dropping it does not close the sending side,
/// because the server may still send frames; [`close`](Self::close) does. The blocking
/// [`Sender`](crate::blocking::Sender) differs in this.
///
/// Its methods, except [`feed`](Self::feed), which writes nothing, return [`Error::Closed`] once the
/// receiving half has closed the connection, because the unread rest of a
/// [body](crate::Session::body) exceeds the frame limit.
pub struct Sender<S> {
    io: WriteHalf,
    out: OutBuffer,
    marker: PhantomData<fn(&S)>,
}

impl<S> Sender<S> {
    pub(super) fn new(io: WriteHalf, out: OutBuffer) -> Self {
        Self { io, out, marker: PhantomData }
    }

    /// Same as [`Client::flush`](crate::net::Client::flush).
    ///
    /// # Errors
    /// Same as [`Client::flush`](crate::net::Client::flush).
    ///
    /// # Cancel safety
    /// Same as [`Client::flush`](crate::net::Client::flush).
    pub async fn flush(&mut self) -> Result<()> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    /// Flushes, and then closes the sending side, so that the server sees the end of the stream.
    ///
    /// # Errors
    /// [`Error::Io`] if the connection broke.
    ///
    /// # Cancel safety
    /// If cancelled, it can be called again.
    pub async fn close(&mut self) -> Result<()> {
        self.flush().await?;
        poll_fn(|cx| Pin::new(&mut self.io).poll_shutdown(cx)).await.map_err(|error| self.broken(error))
    }

    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        while !self.out.is_empty() {
            match ready!(self.out.poll_write(&mut self.io, cx)) {
                Ok(0) => return Poll::Ready(Err(self.broken(io::ErrorKind::WriteZero.into()))),
                Ok(written) => self.out.advance(written),
                Err(error) => return Poll::Ready(Err(self.broken(error))),
            }
        }
        if self.out.held() > Framer::KEEP {
            self.out = OutBuffer::new();
        }
        Pin::new(&mut self.io).poll_flush(cx).map_err(|error| self.broken(error))
    }

    /// Returns the number of bytes in the out-buffer.
    pub(crate) fn unsent(&self) -> usize {
        self.out.len()
    }

    /// Puts encoded frames into the out-buffer, which must be empty.
    pub(crate) fn feed_encoded(&mut self, frames: OutBuffer) {
        self.out = frames;
    }

    fn broken(&mut self, error: io::Error) -> Error {
        self.out = OutBuffer::new();
        if self.io.is_closed() { Error::Closed } else { Error::Io(error) }
    }
}

impl<S: Encode> Sender<S> {
    /// Same as [`Client::send`](crate::net::Client::send).
    ///
    /// # Errors
    /// Same as [`Client::send`](crate::net::Client::send).
    ///
    /// # Cancel safety
    /// Same as [`Client::send`](crate::net::Client::send).
    pub async fn send(&mut self, frame: &S) -> Result<()> {
        self.feed(frame)?;
        self.flush().await
    }

    /// Puts a frame into the out-buffer, to be written by the next [`send`](Self::send) or
    /// [`flush`](Self::flush). This out-buffer has no limit.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be encoded.
    pub fn feed(&mut self, frame: &S) -> Result<()> {
        Ok(frame.encode(&mut self.out)?)
    }
}

impl<S> fmt::Debug for Sender<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("unsent", &self.out.len()).finish_non_exhaustive()
    }
}

/// The receiving half of a [`Client`](crate::net::Client).
pub struct Receiver<R> {
    io: ReadHalf,
    framer: Framer,
    /// The unread rest of the bodies of an earlier session.
    rest: Rest,
    /// Whether the `Stream` of frames has ended with an error.
    pub(super) failed: bool,
    marker: PhantomData<fn() -> R>,
}

impl<R> Receiver<R> {
    pub(super) fn new(io: ReadHalf, framer: Framer, rest: Rest) -> Self {
        Self { io, framer, rest, failed: false, marker: PhantomData }
    }
}

impl<R: for<'a> Decode<'a>> Receiver<R> {
    /// Same as [`Client::recv`](crate::net::Client::recv).
    ///
    /// # Errors
    /// Same as [`Client::recv`](crate::net::Client::recv).
    ///
    /// # Cancel safety
    /// Same as [`Client::recv`](crate::net::Client::recv).
    pub async fn recv(&mut self) -> Result<Option<R>> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    pub(crate) fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<R>>> {
        self.poll_recv_measured(cx).map_ok(|received| received.map(|(frame, _)| frame))
    }

    /// Like [`recv`](Self::recv), but also returns the size of the frame on the wire.
    pub(crate) fn poll_recv_measured(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<(R, usize)>>> {
        ready!(self.poll_pass_over(cx))?;
        loop {
            let before = self.framer.read_ahead().len();
            let next = self.framer.next_frame();
            log_noise(&mut self.framer);
            if next.is_err() && self.framer.resyncs_in_vain::<R>() {
                log_once_that_it_cannot_resync::<R>();
            }
            if let Some(frame) = next? {
                let len = before.saturating_sub(self.framer.read_ahead().len());
                return Poll::Ready(Ok(Some((frame, len))));
            }
            if self.framer.is_finished() {
                return Poll::Ready(Ok(None));
            }
            ready!(self.poll_read(cx))?;
        }
    }
}

impl<R> Receiver<R> {
    /// Skips the rest of bodies. Beyond the frame limit, closes the connection, because the server
    /// sends too much that nobody reads.
    fn poll_pass_over(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        while !self.rest.is_nothing() {
            if self.io.is_closed() {
                return Poll::Ready(Err(Error::Closed));
            }
            if self.rest.pass_over(&mut self.framer).is_err() {
                self.io.close();
                return Poll::Ready(Err(Error::other(TooLong::WHY)));
            }
            if self.rest.is_nothing() {
                break;
            }
            if self.framer.is_finished() {
                return Poll::Ready(self.rest.end());
            }
            ready!(self.poll_read(cx))?;
        }
        Poll::Ready(Ok(()))
    }

    /// Waits for more bytes or the end of the stream. Holds no buffer while it waits.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.framer.lend(pool::take);
        let Poll::Ready(read) = pin!(self.io.read_buf(self.framer.room())).poll(cx) else {
            pool::give(self.framer.release());
            return Poll::Pending;
        };
        if read? == 0 {
            self.framer.finish();
        }
        Poll::Ready(Ok(()))
    }
}

impl<R> Drop for Receiver<R> {
    fn drop(&mut self) {
        log_runs_of_noise(&mut self.framer);
    }
}

impl<R> fmt::Debug for Receiver<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("framer", &self.framer).finish_non_exhaustive()
    }
}

/// The frames that arrive. The stream ends when the server closes the connection, or after an
/// error.
impl<R: for<'a> Decode<'a>> Stream for Receiver<R> {
    type Item = Result<R>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        if self.failed {
            return Poll::Ready(None);
        }
        let received = ready!(self.poll_recv(cx));
        self.failed = received.is_err();
        Poll::Ready(received.transpose())
    }
}
