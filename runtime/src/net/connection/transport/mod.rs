//! The I/O side of a connection: its stream, its out-buffer, and its deadlines.

mod ahead;
mod read;
mod turn;
mod write;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite};

use self::ahead::Ahead;
pub(crate) use self::read::Event;
pub(crate) use self::turn::FRAMES_PER_TURN;
use super::close::{Close, CloseReason};
use super::deadlines::{Deadlines, Waiting};
use super::lent;
use super::noise::GoneOn;
use super::out_buffer::OutBuffer;
use super::outbox::{Outbox, Stage};
use super::pool;
use crate::net::server::connections::Connections;
use crate::net::server::limits::Limits;
use crate::net::server::stats::Counters;
use crate::stream::Framer;

/// The kind of data that a read returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    /// Any number of bytes of a stream of frames.
    Stream,
    /// A frame.
    Frames,
    /// A datagram, which is a frame. A datagram may be empty, so the end of the stream is reported
    /// as an error.
    Datagrams,
}

/// How far a step is that must be completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    None,
    /// Earlier frames are written first.
    Announced,
    /// The peer would take anything that follows now for the rest of the step.
    Incomplete,
}

pub(crate) struct Transport<IO> {
    pub(crate) io: IO,
    reads: Reads,
    /// The bytes read ahead; `None` while no bytes are read ahead.
    ahead: Option<Box<Ahead>>,
    /// The step that is under way and must be completed, such as sending a body. Pushed frames stay in
    /// the outbox until its end.
    pub(crate) step: Step,
    /// Whether our side stays open when the peer closes its side.
    pub(crate) half_close: bool,
    /// Whether received bytes are still read when writing fails, because a server may answer and
    /// then close.
    pub(crate) hears_out: bool,
    /// The bytes to be written next: replies, and bytes taken from the outbox.
    pub(crate) out: OutBuffer,
    pub(crate) outbox: Arc<Outbox>,
    /// Whether `io` may hold back some written bytes, as TLS does.
    pub(crate) unflushed: bool,
    pub(crate) deadlines: Deadlines,
    pub(crate) limits: Arc<Limits>,
    pub(crate) counters: Option<Counters>,
    /// Frames that have not been added to the counters yet.
    frames: u32,
    pub(crate) malformed: u32,
    pub(crate) gone_on: GoneOn,
    waker: Option<Waker>,
    /// The size of the framer's buffer at the last wait.
    received: u32,
    /// The size of the copies of received bytes that a session keeps.
    pub(crate) copies: u32,
    /// How much of a [turn](Self::poll_turn) has passed.
    turn: u32,
    /// Whether frames, or parts of a body, have arrived since the last report to the server.
    progress: bool,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Transport<IO> {
    pub(crate) fn new(
        io: IO,
        reads: Reads,
        outbox: Arc<Outbox>,
        limits: Arc<Limits>,
        counters: Option<Counters>,
    ) -> Self {
        let deadlines = Deadlines::new(&limits);
        Self {
            io,
            reads,
            ahead: None,
            step: Step::None,
            half_close: false,
            hears_out: false,
            out: OutBuffer::new(),
            outbox,
            unflushed: false,
            deadlines,
            limits,
            counters,
            frames: 0,
            malformed: 0,
            gone_on: GoneOn::default(),
            waker: None,
            received: 0,
            copies: 0,
            turn: 0,
            progress: false,
        }
    }

    pub(crate) fn is_datagrams(&self) -> bool {
        self.reads == Reads::Datagrams
    }

    /// Returns the connections of the server, if each of them is the state of a sender of datagrams.
    /// Anyone can open such states, even with forged addresses, so what happens to each of them must
    /// not be logged as for a connection.
    pub(crate) fn senders(&self) -> Option<&Connections> {
        self.outbox.held.server().filter(|_| self.is_datagrams()).map(Arc::as_ref)
    }

    /// Records that a complete frame has arrived.
    #[inline]
    pub(crate) fn framed(&mut self) {
        self.deadlines.framed();
        self.frames += 1;
    }

    /// Records that this many complete frames have arrived.
    pub(crate) fn framed_all(&mut self, frames: u32) {
        self.deadlines.framed();
        self.frames += frames;
        self.turn = self.turn.saturating_add(frames);
    }

    /// Creates a framer for this transport.
    pub(crate) fn framer(&self) -> Framer {
        let framer = Framer::new().limit(self.limits.frame).decoded(self.limits.decoded_most());
        match self.reads {
            Reads::Stream => framer,
            Reads::Frames => framer.per_read(true),
            Reads::Datagrams => framer.per_read(true).whole_reads(),
        }
    }

    /// Returns the number of frames since the last [count](Self::count), malformed ones included.
    #[inline]
    pub(crate) fn uncounted(&self) -> u32 {
        self.frames + self.malformed
    }

    /// Adds the frames since the last call to the counters, if the server counts, and returns the
    /// number of these frames.
    pub(crate) fn count(&mut self) -> u32 {
        let (frames, malformed) = (std::mem::take(&mut self.frames), std::mem::take(&mut self.malformed));
        self.progress |= frames > 0;
        if let Some(counters) = &self.counters {
            counters.handled(frames, malformed);
        }
        frames
    }

    /// Adds the bytes skipped as noise to the counters.
    pub(crate) fn count_noise(&mut self, framer: &mut Framer) {
        if let Some(counters) = &self.counters {
            counters.passed_over(framer.take_passed_over());
        }
    }

    /// Lets the handler write into the out-buffer. Until the buffer is taken [back](Self::reclaim),
    /// only the handler can use it.
    pub(crate) fn lend(&mut self) {
        lent::lend(self.outbox.owner, &mut self.out);
    }

    /// Takes back the out-buffer, if it was lent.
    pub(crate) fn reclaim(&mut self) {
        lent::reclaim(self.outbox.owner, &mut self.out);
    }

    /// Waits for a handler, flushing earlier output meanwhile. Calls `then` with the handler's
    /// result and the out-buffer.
    // This and `flush` are not `async fn`s, which would store their arguments twice in each
    // connection.
    pub(crate) fn attend<F: Future, T>(
        &mut self,
        mut handler: Pin<&mut F>,
        then: impl Fn(F::Output, &mut OutBuffer) -> T,
    ) -> impl Future<Output = Result<T, CloseReason>> {
        poll_fn(move |cx| {
            self.lend();
            let polled = handler.as_mut().poll(cx);
            self.reclaim();
            match polled {
                Poll::Ready(output) => Poll::Ready(Ok(then(output, &mut self.out))),
                Poll::Pending => self.poll_others(cx).map(Err),
            }
        })
    }

    /// Flushes while the task waits for something else, and detects a lost peer. Resolves with the
    /// reason if the connection has to end.
    pub(crate) fn poll_others(&mut self, cx: &mut Context<'_>) -> Poll<CloseReason> {
        self.register(cx);
        self.poll_others_registered(cx)
    }

    fn poll_others_registered(&mut self, cx: &mut Context<'_>) -> Poll<CloseReason> {
        if self.outbox.stage() >= Stage::Ended {
            return Poll::Ready(self.outbox.killed());
        }
        match self.poll_write(cx) {
            Poll::Ready(Err(error)) => return Poll::Ready(CloseReason::Io(error)),
            Poll::Ready(Ok(())) => self.out.release(),
            Poll::Pending => {}
        }
        if let Poll::Ready(error) = self.poll_ahead(cx) {
            return Poll::Ready(CloseReason::Io(error));
        }
        self.tell_held();
        self.turn = 0;
        self.deadlines.poll(cx, &self.limits, Waiting::Others)
    }

    /// Records that the owner of the received bytes was dropped.
    pub(crate) fn keeps_nothing(&mut self) {
        (self.received, self.copies) = (0, 0);
    }

    /// Reports to the server the amount of memory that the connection holds while it waits.
    fn tell_held(&mut self) {
        let bytes = usize::try_from(self.received).unwrap_or(usize::MAX)
            + usize::try_from(self.copies).unwrap_or(usize::MAX)
            + self.out.held()
            + self.outbox.len()
            + self.ahead().0;
        self.outbox.tell_held(bytes, &mut self.progress, &self.limits);
    }

    /// Waits for the end of a connection after the peer has closed its side. Resolves at once,
    /// unless the connection stays [open for pushes](crate::net::Server::half_close). Such a
    /// connection ends when it is closed, when no handle for pushing is left, or when it is idle
    /// for too long. Like [`poll_event`](Self::poll_event), holds no buffers while it waits.
    pub(crate) fn poll_half_closed(
        &mut self,
        cx: &mut Context<'_>,
        framer: &mut Framer,
    ) -> Poll<CloseReason> {
        if !self.half_close {
            return Poll::Ready(CloseReason::Eof);
        }
        self.register(cx);
        let stage = self.outbox.stage();
        let write = self.poll_write(cx);
        let written = write.is_ready();
        match (write, stage) {
            (Poll::Ready(Err(error)), _) => return Poll::Ready(CloseReason::Io(error)),
            (_, Stage::Ended | Stage::Killed) => return Poll::Ready(self.outbox.killed()),
            (Poll::Pending, _) => {}
            (_, Stage::Draining) => return Poll::Ready(CloseReason::Drain),
            (_, Stage::Closing) => return Poll::Ready(CloseReason::Handler(Close::new())),
            (_, Stage::Open) if !self.outbox.has_peers() => return Poll::Ready(CloseReason::Eof),
            (_, Stage::Open) => {}
        }
        self.free_buffers(framer, written);
        self.deadlines.poll(cx, &self.limits, Waiting::Pushes)
    }

    /// Waits until no more than `may_be_left` bytes are unwritten. With 0, the stream must not hold
    /// back bytes either. Returns the reason if the connection has to end.
    pub(crate) fn poll_flushed(
        &mut self,
        cx: &mut Context<'_>,
        may_be_left: usize,
    ) -> Poll<Result<(), CloseReason>> {
        self.register(cx);
        match self.poll_write(cx) {
            Poll::Ready(Err(error)) => return Poll::Ready(Err(CloseReason::Io(error))),
            Poll::Pending if self.backlog() > may_be_left || self.unflushed && may_be_left == 0 => {
                return self.poll_others_registered(cx).map(Err);
            }
            Poll::Ready(Ok(())) | Poll::Pending => {}
        }
        // A program that always has something to send would otherwise never get here.
        if let Some(why) = self.deadlines.overdue(&self.limits, Waiting::Others) {
            return Poll::Ready(Err(why));
        }
        ready!(self.poll_turn(cx));
        self.took_a_step();
        Poll::Ready(Ok(()))
    }

    /// Writes until no more than `may_be_left` bytes are unwritten.
    pub(crate) fn flush(&mut self, may_be_left: usize) -> impl Future<Output = Result<(), CloseReason>> {
        poll_fn(move |cx| self.poll_flushed(cx, may_be_left))
    }

    /// Frees the buffers that a waiting connection does not need, and reports what it still holds.
    fn free_buffers(&mut self, framer: &mut Framer, written: bool) {
        pool::give(framer.release());
        if written {
            self.out.release();
        }
        self.received = u32::try_from(framer.held()).unwrap_or(u32::MAX);
        self.tell_held();
        self.turn = 0;
    }

    /// Returns the number of unwritten bytes.
    pub(crate) fn backlog(&self) -> usize {
        self.out.len() + self.outbox.len()
    }

    /// Makes handles and the server wake this task.
    fn register(&mut self, cx: &Context<'_>) {
        if let Some(schedule) = self.outbox.rescheduled() {
            self.deadlines.close_at(schedule.deadline);
            self.deadlines.keep_alive(schedule.keep_alive);
        }
        if self.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            return;
        }
        self.waker = Some(cx.waker().clone());
        self.outbox.register(cx.waker().clone());
        self.deadlines.woken_anew();
    }
}
