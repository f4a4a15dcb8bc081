//! Tunnels, which forward raw bytes in both directions.

use std::future::Future;
use std::io::IoSlice;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, copy_bidirectional};
use tokio::time::{Instant, sleep, sleep_until};

use super::parts::Prefixed;
use super::{BoxIo, Parts, Session};
use crate::error::{Error, Result};
use crate::net::connection::close::{CloseReason, Timeout};
use crate::net::server::stats::Counters;

/// The error of a tunnel, with the numbers of bytes carried before it failed. It is the source of
/// the [`Error::Io`] that [`Session::tunnel`] returns.
#[derive(Debug)]
pub struct TunnelError {
    /// Number of bytes received from the peer.
    pub received: u64,
    /// Number of bytes sent to the peer.
    pub sent: u64,
    source: io::Error,
}

impl fmt::Display for TunnelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the tunnel broke after {} bytes received and {} sent: {}",
            self.received, self.sent, self.source
        )
    }
}

impl std::error::Error for TunnelError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

impl Session {
    /// Copies bytes between the peer and `far` in both directions, with back-pressure, until both
    /// have closed their side. Fed frames are written to the peer first, and bytes read ahead are
    /// the first that `far` receives. When one direction ends, the other stays open. Returns the
    /// number of bytes from the peer and to the peer.
    ///
    /// A server closes the tunnel when there is no traffic for
    /// [`Limits::idle`](crate::net::Limits::idle), and at the session's [deadline](Self::deadline).
    /// The session's [`Peer`](crate::net::Peer)s are closed.
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
    /// [`Error::Io`] if either side breaks; its source is a [`TunnelError`] with the number of
    /// bytes carried.
    ///
    /// # Cancel safety
    /// If cancelled, both connections are closed.
    pub async fn tunnel(self, mut far: impl AsyncRead + AsyncWrite + Send + Unpin) -> Result<(u64, u64)> {
        let link = Arc::clone(&self.link);
        let (idle, counters) = {
            let state = link.lock();
            let Some(transport) = &state.transport else { return Err(Error::Closed) };
            (transport.limits.idle, transport.counters.clone())
        };
        let Parts { io, read_ahead } = self.into_parts();
        let active = Arc::new(AtomicBool::new(false));
        let mut near = Near::new(io, read_ahead, counters, Arc::clone(&active));
        let copied = tokio::select! {
            copied = copy_bidirectional(&mut near, &mut far) => copied,
            why = stalled(idle, link.outbox.deadline(), &active) => {
                link.end(CloseReason::Timeout(why));
                Err(io::Error::new(io::ErrorKind::TimedOut, why.to_string()))
            }
        };
        copied.map_err(|source| {
            let kind = source.kind();
            let broken = TunnelError { received: near.received, sent: near.sent, source };
            io::Error::new(kind, broken).into()
        })
    }
}

/// Waits until the tunnel has been idle for `idle`, or until the deadline.
fn stalled(
    idle: Option<Duration>,
    deadline: Option<Instant>,
    active: &AtomicBool,
) -> impl Future<Output = Timeout> + Send {
    let idle = async move {
        let Some(idle) = idle else { return std::future::pending().await };
        loop {
            active.store(false, Ordering::Relaxed);
            sleep(idle).await;
            if !active.load(Ordering::Relaxed) {
                return;
            }
        }
    };
    let deadline = async move {
        match deadline {
            Some(deadline) => sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    };
    async move {
        tokio::select! {
            () = idle => Timeout::Idle,
            () = deadline => Timeout::Deadline,
        }
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
    active: Arc<AtomicBool>,
}

impl Near {
    fn new(io: BoxIo, prefix: Bytes, counters: Option<Counters>, active: Arc<AtomicBool>) -> Self {
        let counted = prefix.len();
        Self { io: Prefixed { prefix, io }, received: 0, sent: 0, counters, counted, active }
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
            self.received += super::body::count(bytes);
            self.active.store(true, Ordering::Relaxed);
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
    fn note_written(&mut self, written: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(bytes)) = written {
            self.sent += super::body::count(*bytes);
            self.active.store(true, Ordering::Relaxed);
            if let Some(counters) = &self.counters {
                counters.wrote(*bytes);
            }
        }
    }
}

impl AsyncWrite for Near {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.note_written(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        self.note_written(&written);
        written
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
