//! The deadlines of one connection, on one timer.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::close::{CloseReason, Timeout};
use crate::net::server::limits::Limits;

/// For how long nothing must arrive before a server that stops takes a connection for
/// done. Bytes that the system has are not always reported at once.
const QUIET: Duration = Duration::from_millis(50);

/// The deadlines of one connection.
///
/// They move with almost every frame, the timer does not: it is set when a
/// deadline comes closer, and looks again when it fires. A busy connection pays one
/// reading of the clock per wait.
#[derive(Debug)]
pub(crate) struct Deadlines {
    frame: Option<Instant>,
    idle: Option<Instant>,
    stalled: Option<Instant>,
    quiet: Option<Instant>,
    /// The time in which the peer agreed to send a frame, and when that is over.
    keep_alive: Option<Duration>,
    silent: Option<Instant>,
    /// Whether bytes have moved since the idle deadline was set.
    active: bool,
    /// Whether the first frame is still to come.
    first: bool,
    timer: Option<Pin<Box<Sleep>>>,
}

/// What a connection waits for, which decides what it may run out of time for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// A frame.
    Frame,
    /// The rest of a frame.
    Rest,
    /// A frame that may still be on its way, while the server stops.
    LastFrame,
    /// Its handler, or the peer to take what was sent.
    Others,
}

impl Deadlines {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            frame: after(Instant::now(), limits.first_frame_time),
            idle: None,
            stalled: None,
            quiet: None,
            keep_alive: None,
            silent: None,
            active: true,
            first: true,
            timer: None,
        }
    }

    /// Bytes have been read.
    pub(crate) fn read(&mut self) {
        self.active = true;
        self.quiet = None;
    }

    /// Frames are being worked on, so nobody is idle.
    pub(crate) fn busy(&mut self) {
        self.active = true;
    }

    /// A whole frame has arrived.
    pub(crate) fn framed(&mut self) {
        self.first = false;
        self.frame = None;
        self.silent = None;
    }

    /// Says in which time the next frame is due.
    pub(crate) fn keep_alive(&mut self, time: Option<Duration>) {
        if time != self.keep_alive {
            (self.keep_alive, self.silent) = (time, None);
        }
    }

    /// The peer has taken some of what was sent.
    pub(crate) fn taken(&mut self) {
        self.active = true;
        self.stalled = None;
    }

    /// The peer has taken everything.
    pub(crate) fn flushed(&mut self) {
        self.stalled = None;
    }

    /// The peer takes nothing for now.
    pub(crate) fn stalled(&mut self, limits: &Limits) {
        if self.stalled.is_none() {
            self.stalled = after(Instant::now(), limits.slow_reader);
        }
    }

    /// Resolves when a deadline has passed. `woken_anew` says that the task's waker is
    /// not the one of the last call.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        limits: &Limits,
        waiting: Waiting,
        woken_anew: bool,
    ) -> Poll<CloseReason> {
        if waiting == Waiting::Others && self.stalled.is_none() {
            return Poll::Pending;
        }
        let now = Instant::now();
        let Some((due, what)) = self.next(limits, waiting, now) else { return Poll::Pending };
        if due <= now {
            return Poll::Ready(what.into());
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(due)));
        let set = timer.deadline();
        if set > due || set <= now {
            timer.as_mut().reset(due);
        } else if !woken_anew && set < due {
            // It will fire too early and look again: cheaper than moving it along.
            return Poll::Pending;
        }
        if timer.as_mut().poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }

    /// The next deadline.
    fn next(&mut self, limits: &Limits, waiting: Waiting, now: Instant) -> Option<(Instant, Passed)> {
        let mut next = self.stalled.map(|due| (due, Passed::Time(Timeout::SlowReader)));
        if waiting == Waiting::Others {
            return next;
        }
        if std::mem::take(&mut self.active) {
            self.idle = after(now, limits.idle);
        }
        if waiting == Waiting::Rest && self.frame.is_none() && !self.first {
            self.frame = after(now, limits.frame_time);
        }
        if self.silent.is_none() {
            self.silent = after(now, self.keep_alive);
        }
        if waiting == Waiting::LastFrame && self.quiet.is_none() {
            self.quiet = after(now, Some(QUIET));
        }
        let others = [
            (self.frame, Passed::Time(Timeout::Frame)),
            (self.idle, Passed::Time(Timeout::Idle)),
            (self.silent, Passed::Time(Timeout::KeepAlive)),
            (self.quiet, Passed::Quiet),
        ];
        for (due, what) in others {
            let Some(due) = due else { continue };
            if next.is_none_or(|(first, _)| due < first) {
                next = Some((due, what));
            }
        }
        next
    }
}

/// A deadline that has passed.
#[derive(Clone, Copy)]
enum Passed {
    Time(Timeout),
    Quiet,
}

impl From<Passed> for CloseReason {
    fn from(passed: Passed) -> Self {
        match passed {
            Passed::Time(timeout) => Self::Timeout(timeout),
            Passed::Quiet => Self::Drain,
        }
    }
}

/// `time` after `now`; `None` if there is no such limit or no such time.
fn after(now: Instant, time: Option<Duration>) -> Option<Instant> {
    now.checked_add(time?)
}
