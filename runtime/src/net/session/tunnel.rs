//! Tunnels, which forward raw bytes in both directions.

use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, copy_bidirectional};
use tokio::time::Instant;

use super::parts::Prefixed;
use super::{BoxIo, Parts, Session};
use crate::error::{Error, Result, TunnelError};
use crate::net::connection::close::CloseReason;
use crate::net::connection::deadlines::{Deadlines, Waiting};
use crate::net::server::limits::Limits;
use crate::net::server::stats::Counters;
use crate::stream::rest::count;

impl Session {
    /// Copies bytes between the peer and `far` in both directions, with back-pressure, until both
    /// have closed their side. Fed frames are written to the peer first, and bytes read ahead are
    /// the first that `far` receives. When one direction ends, the other stays open. Returns the
    /// number of bytes from the peer and to the peer.
    ///
    /// Three limits close the tunnel of a server: [`Limits::idle`](crate::net::Limits::idle) without
    /// traffic from or to the peer, [`Limits::slow_reader`](crate::net::Limits::slow_reader) for a
    /// peer that reads too slowly, and the session's [deadline](Self::deadline). While `far` takes
    /// nothing, the tunnel notices a reset of the peer only if at most 8 KiB, the size of its buffer,
    /// have arrived before the reset. The session's [`Peer`](crate::net::Peer)s are closed.
    ///
    /// ```no_run
    /// use framewright::net::Close;
    /// use framewright::prelude::*;
    /// use tokio::net::TcpStream;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct To { port: u16 }
    ///
    /// let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
    ///     let to: To = s.require().await?;
    ///     let upstream = TcpStream::connect(("127.0.0.1", to.port)).await?;
    ///     s.tunnel(upstream).await?;
    ///     Ok(())
    /// });
    /// ```
    ///
    /// # Errors
    /// [`Error::Io`] if either side breaks. Its [`get_ref`](std::io::Error::get_ref) is a
    /// [`TunnelError`] with the number of bytes carried.
    ///
    /// # Cancel safety
    /// If cancelled, both connections are closed.
    pub async fn tunnel(self, mut far: impl AsyncRead + AsyncWrite + Send + Unpin) -> Result<(u64, u64)> {
        let link = Arc::clone(&self.link);
        let (limits, counters) = {
            let state = link.lock();
            let Some(transport) = state.transport.as_ref().filter(|_| !self.near.broken) else {
                return Err(Error::Closed);
            };
            (Arc::clone(&transport.limits), transport.counters.clone())
        };
        let Parts { io, read_ahead } = self.into_parts();
        let deadlines = Times::new(&limits, link.outbox.deadline());
        let mut near = Near::new(io, read_ahead, counters, deadlines.clone());
        let copied = {
            let mut copying = pin!(copy_bidirectional(&mut near, &mut far));
            poll_fn(|cx| match copying.as_mut().poll(cx) {
                Poll::Ready(copied) => Poll::Ready(copied),
                Poll::Pending => deadlines.poll(cx).map(|why| {
                    let error = io::Error::new(io::ErrorKind::TimedOut, why.to_string());
                    link.end(why);
                    Err(error)
                }),
            })
            .await
        };
        copied.map_err(|source| TunnelError::error(near.received, near.sent, source))
    }
}

/// The limits on the time of a tunnel, which it shares with its [`Near`].
#[derive(Clone)]
struct Times(Arc<(Mutex<Deadlines>, Arc<Limits>)>);

impl Times {
    fn new(limits: &Arc<Limits>, due: Option<Instant>) -> Self {
        let mut deadlines = Deadlines::new(limits);
        deadlines.close_at(due);
        Self(Arc::new((Mutex::new(deadlines), Arc::clone(limits))))
    }

    fn change(&self, change: impl FnOnce(&mut Deadlines, &Limits)) {
        let (deadlines, limits) = &*self.0;
        change(&mut deadlines.lock().unwrap_or_else(PoisonError::into_inner), limits);
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<CloseReason> {
        let (deadlines, limits) = &*self.0;
        let mut deadlines = deadlines.lock().unwrap_or_else(PoisonError::into_inner);
        // The timer is polled with each waker, because the one before is not known here.
        deadlines.woken_anew();
        deadlines.poll(cx, limits, Waiting::Pushes)
    }
}

/// The peer's side of a tunnel, which counts its bytes.
struct Near {
    io: Prefixed,
    received: u64,
    sent: u64,
    counters: Option<Counters>,
    /// How many bytes were counted when they were read ahead, and are still in the prefix of `io`.
    counted: usize,
    times: Times,
}

impl Near {
    fn new(io: BoxIo, prefix: Bytes, counters: Option<Counters>, times: Times) -> Self {
        let counted = prefix.len();
        Self { io: Prefixed { prefix, io }, received: 0, sent: 0, counters, counted, times }
    }
}

impl AsyncRead for Near {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        let bytes = buf.filled().len() - before;
        if bytes > 0 {
            self.received += count(bytes);
            self.times.change(|deadlines, _| deadlines.read());
            let counted = self.counted.min(bytes);
            self.counted -= counted;
            if let Some(counters) = &self.counters {
                counters.read(bytes - counted);
            }
        }
        read
    }
}

impl Near {
    fn note_written(&mut self, written: &Poll<io::Result<usize>>, waiting: usize) {
        match written {
            Poll::Ready(Ok(bytes)) => {
                self.sent += count(*bytes);
                self.times.change(|deadlines, _| deadlines.taken(*bytes));
                if let Some(counters) = &self.counters {
                    counters.wrote(*bytes);
                }
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.times.change(|deadlines, limits| deadlines.stalled(limits, waiting)),
        }
    }
}

impl AsyncWrite for Near {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.note_written(&written, bytes.len());
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        self.note_written(&written, slices.iter().map(|slice| slice.len()).sum());
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(cx);
        self.times.change(|deadlines, limits| match flushed {
            Poll::Ready(_) => deadlines.flushed(),
            // It is unknown how many bytes `io` holds back, so the peer must read all of them.
            Poll::Pending => deadlines.stalled(limits, usize::MAX),
        });
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
