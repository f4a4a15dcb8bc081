//! The I/O side of a connection: what it reads from, the one out-buffer, and
//! the deadlines for both.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use super::close::{Close, CloseReason};
use super::deadlines::{Deadlines, Waiting};
use super::lent;
use super::outbox::{Outbox, Stage};
use super::pool;
use crate::net::server::limits::Limits;
use crate::net::server::stats::Counters;
use crate::stream::Framer;

/// What waiting for the peer has brought.
pub(crate) enum Event {
    /// Bytes have arrived.
    Read,
    /// The peer has closed its side.
    Eof,
}

pub(crate) struct Transport<IO> {
    io: IO,
    /// What is to be written next: replies of closures, and what the outbox held.
    pub(crate) out: BytesMut,
    pub(crate) outbox: Arc<Outbox>,
    /// Whether a layer in between, such as TLS, may keep some of what was written.
    unflushed: bool,
    pub(crate) deadlines: Deadlines,
    pub(crate) limits: Arc<Limits>,
    pub(crate) counters: Option<Counters>,
    /// What has not been added to the counters yet.
    frames: usize,
    pub(crate) malformed: usize,
    waker: Option<Waker>,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Transport<IO> {
    /// With more than this on its way out, a peer that does not take it is not
    /// listened to either.
    pub(crate) const BACKLOG: usize = 64 * 1024;

    pub(crate) fn new(io: IO, outbox: Arc<Outbox>, limits: Arc<Limits>, counters: Option<Counters>) -> Self {
        let deadlines = Deadlines::new(&limits);
        Self {
            io,
            out: BytesMut::new(),
            outbox,
            unflushed: false,
            deadlines,
            limits,
            counters,
            frames: 0,
            malformed: 0,
            waker: None,
        }
    }

    /// A whole frame has arrived.
    #[inline]
    pub(crate) fn framed(&mut self) {
        self.deadlines.framed();
        self.frames += 1;
    }

    /// Adds what a turn has brought to the counters, if there are any.
    pub(crate) fn count(&mut self) {
        let (frames, malformed) = (std::mem::take(&mut self.frames), std::mem::take(&mut self.malformed));
        if let Some(counters) = &self.counters {
            counters.handled(frames, malformed);
        }
    }

    /// Lets the handler write into the out-buffer. Until the buffer is taken [back](Self::reclaim), nobody else can.
    pub(crate) fn lend(&mut self) {
        lent::lend(self.outbox.owner, &mut self.out);
    }

    /// Takes back the out-buffer, if it was lent.
    pub(crate) fn reclaim(&mut self) {
        lent::reclaim(self.outbox.owner, &mut self.out);
    }

    /// Waits for a handler, flushing meanwhile what was sent before, and
    /// hands `then` its output and the out-buffer.
    pub(crate) async fn attend<F: Future, T>(
        &mut self,
        mut handler: Pin<&mut F>,
        then: impl Fn(F::Output, &mut BytesMut) -> T,
    ) -> Result<T, CloseReason> {
        poll_fn(|cx| {
            self.lend();
            let polled = handler.as_mut().poll(cx);
            self.reclaim();
            match polled {
                Poll::Ready(output) => Poll::Ready(Ok(then(output, &mut self.out))),
                Poll::Pending => self.poll_others(cx).map(Err),
            }
        })
        .await
    }

    /// Flushes while something else is waited for. Resolves when that has become pointless.
    fn poll_others(&mut self, cx: &mut Context<'_>) -> Poll<CloseReason> {
        let woken_anew = self.register(cx);
        if self.outbox.stage() == Stage::Killed {
            return Poll::Ready(CloseReason::Drain);
        }
        if let Poll::Ready(Err(error)) = self.poll_write(cx) {
            return Poll::Ready(CloseReason::Io(error));
        }
        self.deadlines.poll(cx, &self.limits, Waiting::Others, woken_anew)
    }

    /// Writes until nothing is left, or as much as may be left while the peer is
    /// still listened to.
    pub(crate) async fn flush(&mut self, may_be_left: usize) -> Result<(), CloseReason> {
        poll_fn(|cx| {
            match self.poll_write(cx) {
                Poll::Ready(Ok(())) => return Poll::Ready(Ok(())),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(CloseReason::Io(error))),
                Poll::Pending if self.backlog() <= may_be_left => return Poll::Ready(Ok(())),
                Poll::Pending => {}
            }
            self.poll_others(cx).map(Err)
        })
        .await
    }

    /// Waits for the peer, flushing meanwhile, and holding no buffer.
    pub(crate) fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
        framer: &mut Framer,
    ) -> Poll<Result<Event, CloseReason>> {
        let woken_anew = self.register(cx);
        let stage = self.outbox.stage();
        let written = self.poll_write(cx).map_err(CloseReason::Io)?.is_ready();
        match stage {
            Stage::Ended | Stage::Killed => return Poll::Ready(Err(CloseReason::Drain)),
            Stage::Closing if written => return Poll::Ready(Err(CloseReason::Handler(Close::new()))),
            Stage::Open | Stage::Draining if written || self.backlog() < Self::BACKLOG => {
                if let Poll::Ready(read) = self.poll_read(cx, framer) {
                    self.deadlines.read();
                    if let (Some(counters), Ok(bytes)) = (&self.counters, &read) {
                        counters.read(*bytes);
                    }
                    let event = |bytes| if bytes == 0 { Event::Eof } else { Event::Read };
                    return Poll::Ready(read.map(event).map_err(CloseReason::Io));
                }
            }
            Stage::Open | Stage::Draining | Stage::Closing => {}
        }
        pool::give(framer.release());
        if written {
            pool::give(std::mem::take(&mut self.out));
        }
        let waiting = match stage {
            Stage::Closing => Waiting::Others,
            _ if framer.is_partial() => Waiting::Rest,
            Stage::Draining if written => Waiting::LastFrame,
            _ => Waiting::Frame,
        };
        self.deadlines.poll(cx, &self.limits, waiting, woken_anew).map(Err)
    }

    /// How much is on its way out.
    fn backlog(&self) -> usize {
        self.out.len() + self.outbox.len()
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, framer: &mut Framer) -> Poll<io::Result<usize>> {
        framer.lend(pool::take);
        pin!(self.io.read_buf(framer.room())).poll(cx)
    }

    /// Writes everything that is to be written, in as few pieces as the system allows.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if self.out.is_empty() {
                match self.outbox.take() {
                    Some(bytes) => pool::give(std::mem::replace(&mut self.out, bytes)),
                    None => return self.poll_flush(cx),
                }
            }
            let Poll::Ready(written) = Pin::new(&mut self.io).poll_write(cx, &self.out) else {
                self.outbox.owes(self.out.len());
                self.deadlines.stalled(&self.limits);
                return Poll::Pending;
            };
            self.wrote(written?)?;
        }
    }

    /// Sees to it that what was written is not kept by a layer in between.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.unflushed {
            return Poll::Ready(Ok(()));
        }
        let flushed = Pin::new(&mut self.io).poll_flush(cx);
        match flushed {
            Poll::Ready(_) => {
                self.unflushed = false;
                self.deadlines.flushed();
            }
            Poll::Pending => self.deadlines.stalled(&self.limits),
        }
        flushed
    }

    fn wrote(&mut self, bytes: usize) -> io::Result<()> {
        if bytes == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.deadlines.taken();
        self.unflushed = true;
        if let Some(counters) = &self.counters {
            counters.wrote(bytes);
        }
        if bytes < self.out.len() {
            self.out.advance(bytes);
        } else if self.out.capacity() > Framer::KEEP {
            self.out = BytesMut::new();
        } else {
            // Unlike `advance`, this gives the whole buffer back for the next batch.
            self.out.clear();
        }
        self.outbox.written(self.out.len());
        Ok(())
    }

    /// Sees to it that handles and the server wake this task, and says whether
    /// its waker is a new one.
    fn register(&mut self, cx: &Context<'_>) -> bool {
        if self.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            return false;
        }
        self.waker = Some(cx.waker().clone());
        self.outbox.register(cx.waker().clone());
        true
    }

    /// Ends the writing side, so that the peer sees the end once it has taken everything.
    pub(crate) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    /// Reads and drops what the peer still sends, until it closes its side.
    pub(crate) fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.register(cx);
        self.out.resize(4096, 0);
        loop {
            if self.outbox.stage() == Stage::Killed {
                return Poll::Ready(());
            }
            match ready!(pin!(self.io.read(&mut self.out)).poll(cx)) {
                Ok(0) | Err(_) => return Poll::Ready(()),
                Ok(_) => {}
            }
        }
    }
}
