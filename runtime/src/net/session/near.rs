//! The state that only a session uses, such as its framer.

use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::BoxIo;
use super::link::Link;
use crate::error::{Error, Result};
use crate::frame::Layout;
use crate::net::connection::close::CloseReason;
use crate::net::connection::noise::log_noise;
use crate::net::connection::out_buffer::OutBuffer;
use crate::net::connection::outbox::Stage;
use crate::net::connection::transport::{Event, Transport};
use crate::stream::Framer;
use crate::stream::rest::Rest;

/// The state that only the session uses, so that it needs no lock.
pub(super) struct Near {
    pub(super) framer: Framer,
    /// The bytes of a body that are to be sent next.
    pub(super) out: OutBuffer,
    /// Number of frames not yet reported to the transport.
    pub(super) frames: u32,
    pub(super) malformed: u32,
    /// The unread rest of bodies.
    pub(super) rest: Rest,
    /// Whether nothing more can be sent: a step was cancelled half-way, so that the peer could not
    /// understand anything sent after it, or the peer was refused.
    pub(super) broken: bool,
    /// Number of unwritten bytes when the session last used the transport.
    pub(super) waiting: usize,
    /// Whether frames were fed since the session last polled the transport.
    pub(super) fed: bool,
    /// Number of unwritten bytes from which on they are written before the next frame is received:
    /// [`Outbox::pause_at`](crate::net::connection::outbox::Outbox::pause_at).
    pub(super) flush_from: usize,
    /// Whether a method that waits for a frame must call [`begin`](super::Session::begin) for a rare reason: the
    /// session is broken, or it has a snapshot that the last frame may have borrowed from.
    pub(super) has_rare_work: bool,
    pub(super) request_timeout: Option<Duration>,
}

impl Near {
    /// Records that nothing more can be sent.
    pub(super) fn break_off(&mut self) {
        (self.broken, self.has_rare_work) = (true, true);
    }

    /// Brings the transport up to date, and then calls `work`. If `work` fails, a session with a
    /// task is ended, and a session without a task returns the error.
    pub(super) fn poll_transport<R>(
        &mut self,
        link: &Link,
        cx: &mut Context<'_>,
        work: impl FnOnce(
            &mut Transport<BoxIo>,
            &mut Framer,
            &mut Context<'_>,
        ) -> Poll<std::result::Result<R, CloseReason>>,
    ) -> Poll<Result<R>> {
        let mut state = link.lock();
        let waker = state.waker(cx);
        let Some(transport) = &mut state.transport else { return Poll::Ready(Err(Error::Closed)) };
        self.hand_over(transport);
        let mut shared = Context::from_waker(waker.as_ref().unwrap_or_else(|| cx.waker()));
        let done = work(transport, &mut self.framer, &mut shared);
        (self.waiting, self.fed) = (transport.out.len(), false);
        match done {
            Poll::Ready(Ok(done)) => {
                state.goes_on();
                Poll::Ready(Ok(done))
            }
            Poll::Ready(Err(why)) => state.fail(why),
            Poll::Pending => {
                self.out.release();
                state.waits();
                Poll::Pending
            }
        }
    }

    /// Writes and detects events while the session waits for something that is not a frame. Only
    /// the end of the connection resolves this.
    pub(super) fn poll_others<R>(&mut self, link: &Link, cx: &mut Context<'_>) -> Poll<Result<R>> {
        self.poll_transport(link, cx, |transport, _, cx| transport.poll_others(cx).map(Err))
    }

    /// Writes until at most `left` bytes are unwritten.
    pub(super) fn poll_flush(&mut self, link: &Link, cx: &mut Context<'_>, left: usize) -> Poll<Result<()>> {
        self.poll_transport(link, cx, |transport, _, cx| transport.poll_flushed(cx, left))
    }

    pub(super) fn resync<T: Layout>(&mut self, link: &Link) -> bool {
        let can = self.framer.resync::<T>();
        if let Some(transport) = link.lock().transport.as_mut().filter(|_| can) {
            // The frames before the noise are reported first, because they count as activity.
            self.hand_over(transport);
            transport.deadlines.noise();
        }
        can
    }

    /// Passes the frame count and the bytes of a body to the transport.
    pub(super) fn hand_over(&mut self, transport: &mut Transport<BoxIo>) {
        if self.frames > 0 {
            transport.framed_all(std::mem::take(&mut self.frames));
        }
        transport.malformed += std::mem::take(&mut self.malformed);
        if self.out.is_empty() {
            return;
        }
        if transport.out.is_empty() {
            std::mem::swap(&mut transport.out, &mut self.out);
        } else {
            transport.out.append(&mut self.out);
        }
    }

    /// Writes, and waits for the peer. Returns `true` if more bytes or the end of the
    /// stream have arrived, and `false` if nothing more can arrive.
    pub(super) fn poll_more(&mut self, link: &Link, cx: &mut Context<'_>) -> Poll<Result<bool>> {
        if self.framer.is_finished() {
            // Whoever holds the session may keep it after its conversation has returned.
            link.lock().at_end = !self.framer.is_partial();
            return Poll::Ready(Ok(false));
        }
        log_noise(&mut self.framer);
        let body = !self.rest.is_nothing();
        let event = ready!(self.poll_transport(link, cx, |transport, framer, cx| {
            transport.count();
            transport.count_noise(framer);
            match ready!(transport.poll_event(cx, framer, body)) {
                Ok(event) => Poll::Ready(Ok(Some(event))),
                // The server is draining, and nothing has arrived for a while.
                Err(CloseReason::Drain) if transport.outbox.stage() == Stage::Draining => {
                    Poll::Ready(Ok(None))
                }
                Err(why) => Poll::Ready(Err(why)),
            }
        }))?;
        Poll::Ready(Ok(match event {
            Some(Event::Read) => true,
            Some(Event::Empty) => {
                self.framer.note_empty_read();
                true
            }
            Some(Event::Eof) => {
                self.framer.finish();
                true
            }
            None => false,
        }))
    }
}
