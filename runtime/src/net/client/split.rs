//! The stream of a split client, which both halves share.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::net::session::BoxIo;

/// Splits a stream into a half for reading and one for writing. Unlike those of `tokio::io::split`,
/// the half for reading can close the stream.
pub(super) fn split(io: BoxIo) -> (ReadHalf, WriteHalf) {
    let is_vectored = io.is_write_vectored();
    let shared = Arc::new(Mutex::new(Shared { io: Some(io), writer: None }));
    (ReadHalf(Arc::clone(&shared)), WriteHalf { shared, is_vectored })
}

struct Shared {
    /// `None` once the stream is closed.
    io: Option<BoxIo>,
    /// The task that waits to write.
    writer: Option<Waker>,
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) struct ReadHalf(Arc<Mutex<Shared>>);

impl ReadHalf {
    /// Closes the stream in both directions.
    pub(super) fn close(&mut self) {
        let (io, writer) = {
            let mut shared = lock(&self.0);
            (shared.io.take(), shared.writer.take())
        };
        drop(io);
        if let Some(writer) = writer {
            writer.wake();
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        lock(&self.0).io.is_none()
    }
}

impl AsyncRead for ReadHalf {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut lock(&self.0).io {
            Some(io) => Pin::new(io).poll_read(cx, buf),
            None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

pub(super) struct WriteHalf {
    shared: Arc<Mutex<Shared>>,
    is_vectored: bool,
}

impl WriteHalf {
    pub(super) fn is_closed(&self) -> bool {
        lock(&self.shared).io.is_none()
    }

    fn poll<T>(
        &self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut BoxIo>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let mut shared = lock(&self.shared);
        let Some(io) = &mut shared.io else {
            return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
        };
        let written = write(Pin::new(io), cx);
        if written.is_pending() {
            shared.writer = Some(cx.waker().clone());
        }
        written
    }
}

impl AsyncWrite for WriteHalf {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll(cx, |io, cx| io.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll(cx, |io, cx| io.poll_write_vectored(cx, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.is_vectored
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll(cx, |io, cx| io.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll(cx, |io, cx| io.poll_shutdown(cx))
    }
}
