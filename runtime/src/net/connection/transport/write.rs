//! Writing the out-buffer, and the end of a connection.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::time::timeout;

use super::{Step, Transport};
use crate::frame::Encode;
use crate::net::connection::close::{CloseReason, Timeout};
use crate::net::connection::out_buffer::OutBuffer;
use crate::net::connection::outbox::{Refused, Stage};
use crate::stream::Framer;

/// The time that the peer has to read the last bytes after we have closed our side.
const LINGER: Duration = Duration::from_secs(1);

impl<IO: AsyncRead + AsyncWrite + Unpin> Transport<IO> {
    /// Appends a frame to the out-buffer. The limit may be exceeded by one frame.
    // `always`, because the compiler would make it a call of 35 instructions for each frame.
    #[inline(always)]
    pub(crate) fn feed<T: Encode>(&mut self, frame: &T) -> Result<(), Refused> {
        self.outbox.write(&mut self.out, 0, frame)?;
        Ok(())
    }

    /// Writes everything, in as few pieces as the system allows.
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if self.out.is_empty() {
                if self.step == Step::None && self.take_pushed() {
                    continue;
                }
                return self.poll_flush(cx);
            }
            let Poll::Ready(written) = self.out.poll_write(&mut self.io, cx) else {
                self.outbox.owes(self.out.len());
                let waiting = self.backlog();
                self.deadlines.stalled(&self.limits, waiting);
                return Poll::Pending;
            };
            self.wrote(written?)?;
        }
    }

    /// Replaces the empty out-buffer with the frames in the outbox. Returns `false` if there are none.
    pub(crate) fn take_pushed(&mut self) -> bool {
        let Some(frames) = self.outbox.take() else { return false };
        // An empty datagram has no bytes to be written, so it is sent by a flush.
        self.unflushed |= frames.is_empty();
        std::mem::replace(&mut self.out, frames).release();
        true
    }

    /// Makes `io` write the bytes that it holds back, as TLS does.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.unflushed {
            return Poll::Ready(Ok(()));
        }
        let flushed = Pin::new(&mut self.io).poll_flush(cx);
        match flushed {
            Poll::Ready(Ok(())) => {
                self.unflushed = false;
                self.deadlines.flushed();
                self.outbox.written(0);
            }
            Poll::Ready(Err(_)) => {}
            // It is unknown how many bytes `io` holds back, so the peer must read all of them.
            Poll::Pending => {
                self.deadlines.stalled(&self.limits, usize::MAX);
                self.outbox.held_back();
            }
        }
        flushed
    }

    fn wrote(&mut self, bytes: usize) -> io::Result<()> {
        if bytes == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.deadlines.taken(bytes);
        self.unflushed = true;
        // A datagram may get lost in a write that succeeds, so its stream counts what was sent.
        if let Some(counters) = self.counters.as_ref().filter(|_| !self.is_datagrams()) {
            counters.wrote(bytes);
        }
        if bytes < self.out.len() {
            self.out.advance(bytes);
        } else {
            // Unlike `advance`, this makes all of the buffer available for the next batch.
            self.out.clear();
            if self.out.held() > Framer::KEEP {
                self.out = OutBuffer::new();
            }
        }
        // Once all is written, a flush shows whether `io` holds bytes back.
        if !self.out.is_empty() {
            self.outbox.written(self.out.len());
        }
        Ok(())
    }

    /// Closes the writing side, so that the peer sees the end after it has read everything.
    pub(crate) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    /// Reads and discards bytes until the peer closes its side.
    pub(crate) fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.register(cx);
        loop {
            if self.outbox.stage() == Stage::Killed {
                return Poll::Ready(());
            }
            ready!(self.poll_turn(cx));
            self.took_a_step();
            match ready!(pin!(self.io.read(&mut [0; 4096])).poll(cx)) {
                Ok(0) | Err(_) => return Poll::Ready(()),
                Ok(_) => {}
            }
        }
    }

    /// Flushes the remaining output and closes our side. Returns `true` if the peer may still be
    /// reading some of the output.
    pub(crate) async fn shut(&mut self, why: &CloseReason) -> bool {
        let lost = matches!(
            why,
            CloseReason::Io(_) | CloseReason::Memory | CloseReason::Timeout(Timeout::SlowReader)
        );
        let flushed = !lost && self.step != Step::Incomplete && self.flush_last(why).await;
        // Frames that a handler has sent are not reported as unwritten before.
        self.outbox.owes(self.out.len() + usize::from(self.unflushed));
        self.outbox.keep(false);
        self.outbox.end();
        flushed && timeout(LINGER, poll_fn(|cx| self.poll_shutdown(cx))).await.is_ok_and(|shut| shut.is_ok())
    }

    /// Flushes for the last time. After a deadline, when the server stops, and when the conversation
    /// of a handler in another task has ended, this takes at most one second.
    async fn flush_last(&mut self, why: &CloseReason) -> bool {
        self.outbox.reschedule(|schedule| schedule.deadline = None);
        if !matches!(why, CloseReason::Timeout(_) | CloseReason::Drain) {
            match self.flush(0).await {
                Ok(()) => return true,
                Err(CloseReason::Drain | CloseReason::Handler(_)) => {}
                Err(_) => return false,
            }
        }
        timeout(LINGER, poll_fn(|cx| self.poll_write(cx))).await.is_ok_and(|flushed| flushed.is_ok())
    }

    /// Waits for the peer to close its side too. Closing a socket that still receives bytes would
    /// reset the connection, and the peer might lose the last replies.
    pub(crate) async fn linger(&mut self) {
        // When the time is over, the connection is closed in any case.
        let _ = timeout(LINGER, poll_fn(|cx| self.poll_discard(cx))).await;
    }
}
