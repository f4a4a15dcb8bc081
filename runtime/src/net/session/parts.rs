//! Taking a session apart, and putting it together again.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Session;
use super::both::both;
use crate::net::connection::out_buffer::OutBuffer;
use crate::net::connection::transport::Transport;
use crate::options::ClientOptions;

/// A stream of bytes in both directions: everything that implements `AsyncRead` and `AsyncWrite`.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

/// A boxed stream of bytes in both directions.
pub type BoxIo = Box<dyn Io>;

/// Boxes a stream.
pub(super) fn boxed(io: impl Io) -> BoxIo {
    Box::new(io)
}

/// The parts of a session, from [`Session::into_parts`].
pub struct Parts {
    /// The stream.
    pub io: BoxIo,
    /// Bytes that were read from the stream and not consumed yet.
    pub read_ahead: Bytes,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("read_ahead", &self.read_ahead.len()).finish_non_exhaustive()
    }
}

impl Session {
    /// Returns the raw stream and the bytes read ahead. Nothing is lost: frames that were fed and
    /// not written yet are written before anything else, at the latest when the stream is flushed.
    /// The unread rest of a [body](Self::body) is not skipped.
    ///
    /// On a server, the connection's task no longer serves the stream: its
    /// [`Peer`](crate::net::Peer)s are closed, and the drain time is the only limit that still
    /// applies.
    #[must_use]
    pub fn into_parts(mut self) -> Parts {
        let mut read_ahead = BytesMut::from(self.near.framer.take_bytes(usize::MAX));
        let Some(mut transport) = self.take_transport() else {
            return Parts { io: Box::new(Gone), read_ahead: read_ahead.freeze() };
        };
        let (ahead, error) = transport.take_ahead();
        read_ahead.unsplit(ahead);
        if let Some(counters) = &transport.counters {
            counters.wrote(transport.out.len());
        }
        let io = continued(transport.io, transport.out, transport.unflushed, error);
        Parts { io, read_ahead: read_ahead.freeze() }
    }

    /// Takes the transport, with all unwritten frames in its out-buffer, for an owner who does without
    /// the connection. Returns `None` if the connection has ended, or if a step was not completed,
    /// because nothing may follow that.
    pub(super) fn take_transport(&mut self) -> Option<Transport<BoxIo>> {
        let mut transport = self.link.lock().transport.take()?;
        self.near.hand_over(&mut transport);
        transport.count();
        let pushed = transport.outbox.take();
        transport.outbox.end();
        // Nobody reports the memory of the connection from now on.
        transport.outbox.tell_held(0, &mut false, &transport.limits);
        if let Some(mut pushed) = pushed {
            transport.out.append(&mut pushed);
        }
        Some(transport).filter(|_| !self.near.broken)
    }

    /// Creates a session over the parts of another session, with the default
    /// [options](ClientOptions). The session has no task.
    #[must_use]
    pub fn from_parts(parts: Parts) -> Self {
        Self::from_parts_with(parts, &ClientOptions::new())
    }

    /// Like [`from_parts`](Self::from_parts), with custom timeouts and limits.
    #[must_use]
    pub fn from_parts_with(parts: Parts, options: &ClientOptions) -> Self {
        let mut session = Self::over(parts.io, options);
        session.near.framer.room().extend_from_slice(&parts.read_ahead);
        session
    }
}

/// Returns a stream over `io` that writes `out` before all other bytes, and whose first read
/// returns `error`. `unflushed` says whether `io` may hold back some written bytes.
pub(super) fn continued(io: BoxIo, out: OutBuffer, unflushed: bool, error: Option<io::Error>) -> BoxIo {
    let unsent = unflushed || !out.is_empty();
    if !unsent && error.is_none() {
        return io;
    }
    Box::new(Continued { out, unsent, reader: None, writer: None, error, io })
}

/// The stream of an ended session.
struct Continued {
    /// The bytes that have to be written before others.
    out: OutBuffer,
    /// Whether `out` is not written and flushed yet.
    unsent: bool,
    /// The tasks that wait until `out` is sent, which differ if the stream is split.
    reader: Option<Waker>,
    writer: Option<Waker>,
    /// The error that the session has read and not returned.
    error: Option<io::Error>,
    io: BoxIo,
}

impl Continued {
    /// Sends `out` for the task that reads.
    fn poll_read_out(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.unsent {
            return Poll::Ready(Ok(()));
        }
        self.reader = Some(cx.waker().clone());
        self.poll_out(cx)
    }

    /// Sends `out` for the task that writes.
    fn poll_write_out(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.unsent {
            return Poll::Ready(Ok(()));
        }
        self.writer = Some(cx.waker().clone());
        self.poll_out(cx)
    }

    /// Sends `out`. The stream wakes only one task, so it is given a waker for both.
    fn poll_out(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let waker = match (&self.reader, &self.writer) {
            (Some(reader), Some(writer)) if !reader.will_wake(writer) => both(reader, writer),
            _ => cx.waker().clone(),
        };
        let cx = &mut Context::from_waker(&waker);
        while !self.out.is_empty() {
            match ready!(self.out.poll_write(&mut self.io, cx))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.out.advance(written),
            }
        }
        ready!(Pin::new(&mut self.io).poll_flush(cx))?;
        (self.unsent, self.reader, self.writer) = (false, None, None);
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Continued {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // The unwritten bytes are sent first, because the peer may answer only after reading all of
        // them.
        if let Poll::Ready(sent) = self.poll_read_out(cx) {
            sent?;
        }
        match self.error.take() {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.io).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Continued {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_write_out(cx))?;
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_write_out(cx))?;
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_write_out(cx))?;
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_write_out(cx))?;
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// A stream whose reads first return the bytes that were read ahead.
pub(super) struct Prefixed {
    pub(super) prefix: Bytes,
    pub(super) io: BoxIo,
}

impl AsyncRead for Prefixed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.prefix.is_empty() {
            return Pin::new(&mut self.io).poll_read(cx, buf);
        }
        let count = self.prefix.len().min(buf.remaining());
        buf.put_slice(&self.prefix.split_to(count));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Prefixed {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// The stream of a connection that is closed.
pub(super) struct Gone;

impl AsyncRead for Gone {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::ErrorKind::NotConnected.into()))
    }
}

impl AsyncWrite for Gone {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(io::ErrorKind::NotConnected.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
