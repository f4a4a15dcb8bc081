//! Waiting for the peer, and reading.

use std::io;
use std::pin::pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use super::{Reads, Transport};
use crate::net::connection::close::{Close, CloseReason, Timeout};
use crate::net::connection::deadlines::Waiting;
use crate::net::connection::outbox::Stage;
use crate::net::connection::pool;
use crate::stream::Framer;

/// The result of waiting for the peer.
pub(crate) enum Event {
    /// Bytes have arrived.
    Read,
    /// An empty frame has arrived.
    Empty,
    /// The peer has closed its side.
    Eof,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Transport<IO> {
    /// Waits for bytes from the peer, and flushes meanwhile. Holds no buffers while it waits.
    pub(crate) fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
        framer: &mut Framer,
        body: bool,
    ) -> Poll<Result<Event, CloseReason>> {
        self.register(cx);
        let stage = self.outbox.stage();
        let write = self.poll_write(cx);
        let written = write.is_ready();
        let waiting = match stage {
            Stage::Closing => Waiting::Others,
            _ if body => Waiting::Body,
            _ if framer.is_partial() => Waiting::Rest,
            Stage::Draining if written => Waiting::LastFrame,
            _ => Waiting::Frame,
        };
        if stage < Stage::Ended {
            // A peer that always sends more must not put off the deadlines that it cannot renew.
            if let Some(why) = self.deadlines.overdue(&self.limits, waiting) {
                ready!(self.poll_turn(cx));
                return Poll::Ready(self.late(framer, why));
            }
        }
        if let Poll::Ready(Err(error)) = write {
            return Poll::Ready(self.hear_out(cx, framer, error));
        }
        match stage {
            Stage::Ended | Stage::Killed => return Poll::Ready(Err(self.outbox.killed())),
            Stage::Closing if written => return Poll::Ready(Err(CloseReason::Handler(Close::new()))),
            Stage::Open | Stage::Draining if written || self.backlog() < self.outbox.pause_at() => {
                ready!(self.poll_turn(cx));
                if let Poll::Ready(read) = self.poll_read(cx, framer) {
                    self.took_a_step();
                    return Poll::Ready(self.event(read, body));
                }
            }
            Stage::Open | Stage::Draining | Stage::Closing => {}
        }
        if framer.is_lost() {
            self.count_noise(framer);
        }
        self.progress |= body;
        self.free_buffers(framer, written);
        let why = ready!(self.deadlines.poll(cx, &self.limits, waiting));
        Poll::Ready(self.late(framer, why))
    }

    /// Converts a deadline that has passed into an event, or into the end of the connection.
    fn late(&mut self, framer: &mut Framer, why: CloseReason) -> Result<Event, CloseReason> {
        if matches!(why, CloseReason::Timeout(Timeout::Frame)) && framer.refuse_start() {
            // A frame that is not complete in time is treated as noise, and another frame may begin
            // in it.
            self.deadlines.frame_passed_over();
            self.took_a_step();
            return Ok(Event::Read);
        }
        Err(why)
    }

    /// Reads the remaining input of a connection that cannot be written to any more.
    fn hear_out(
        &mut self,
        cx: &mut Context<'_>,
        framer: &mut Framer,
        error: io::Error,
    ) -> Result<Event, CloseReason> {
        if self.hears_out {
            if let Poll::Ready(Ok(1..)) = self.poll_read(cx, framer) {
                return Ok(Event::Read);
            }
        }
        Err(CloseReason::Io(error))
    }

    /// Converts the result of a read into an event.
    fn event(&mut self, read: io::Result<usize>, body: bool) -> Result<Event, CloseReason> {
        match (read, self.reads) {
            (Ok(0), Reads::Datagrams) => Ok(Event::Empty),
            (Ok(0), _) => Ok(Event::Eof),
            (Ok(bytes), _) => {
                if body {
                    self.deadlines.read_body(bytes);
                }
                Ok(Event::Read)
            }
            (Err(error), Reads::Datagrams) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Event::Eof),
            (Err(error), _) => Err(CloseReason::Io(error)),
        }
    }

    /// Reads into the framer's buffer. The bytes read ahead come first, together with the bytes
    /// that have arrived since. The bytes read ahead alone would be a small batch. If the handler
    /// waits in each batch, all following batches would be small too.
    fn poll_read(&mut self, cx: &mut Context<'_>, framer: &mut Framer) -> Poll<io::Result<usize>> {
        framer.lend(pool::take);
        let Some(mut ahead) = self.ahead.take() else { return self.poll_stream(cx, framer) };
        let bytes = std::mem::take(&mut ahead.bytes);
        framer.room().extend_from_slice(&bytes);
        let mut count = bytes.len();
        pool::give(bytes);
        // If each read is a frame, the bytes of the next read belong to another frame.
        if ahead.end.is_none() && self.reads == Reads::Stream {
            match self.poll_stream(cx, framer) {
                Poll::Ready(Ok(more @ 1..)) => count += more,
                Poll::Ready(end) => ahead.end = Some(end.map(drop)),
                Poll::Pending => {}
            }
        }
        let error = if count == 0 { ahead.error() } else { None };
        if ahead.end.is_some() {
            self.ahead = Some(ahead);
        }
        Poll::Ready(error.map_or(Ok(count), Err))
    }

    /// Reads from the stream.
    fn poll_stream(&mut self, cx: &mut Context<'_>, framer: &mut Framer) -> Poll<io::Result<usize>> {
        let read = pin!(self.io.read_buf(framer.room())).poll(cx);
        if let Poll::Ready(read) = &read {
            self.note_read(read.as_ref().copied().unwrap_or(0));
        }
        read
    }

    pub(super) fn note_read(&mut self, bytes: usize) {
        self.deadlines.read();
        if let Some(counters) = &self.counters {
            counters.read(bytes);
        }
    }
}
