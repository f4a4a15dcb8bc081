//! The deadlines of one connection, which share one timer.

mod pace;
#[cfg(test)]
mod tests;

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use self::pace::Pace;
use super::close::{CloseReason, Timeout};
use crate::net::server::limits::Limits;

/// Time that a stopping server waits for bytes before it considers a connection finished. It is not
/// zero because the system does not always report received bytes at once.
const QUIET: Duration = Duration::from_millis(50);

/// The deadlines of one connection.
///
/// The deadlines move with almost every frame, but the timer does not. It is reset only if a
/// deadline becomes earlier, and the deadlines are checked again when it fires. A busy connection
/// reads the clock once per wait.
#[derive(Debug)]
pub(crate) struct Deadlines {
    frame: Option<Instant>,
    idle: Option<Instant>,
    /// The time by which the peer must have read as many bytes as `owed` says.
    stalled: Option<Instant>,
    /// Number of bytes that the peer must still read before `stalled`; 0 if the peer reads. It is also
    /// counted without a limit for slow readers: the limit for idle connections then applies.
    owed: u32,
    /// Deadlines that most connections do not have.
    agreed: Option<Box<Agreed>>,
    /// Whether bytes have moved since the idle deadline was set.
    active: bool,
    first: First,
    timer: Option<Pin<Box<Sleep>>>,
    /// Whether the task's waker has changed since the timer was last polled.
    woken_anew: bool,
}

/// The progress of the first frame, which has its own time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    /// No byte of the frame has arrived.
    Due,
    /// A part of the frame has arrived.
    Begun,
    /// The frame is complete.
    Whole,
}

/// Deadlines that a handler or a session has set, and deadlines of a stopping server.
#[derive(Debug, Default)]
struct Agreed {
    /// The maximum time between two frames of the peer.
    keep_alive: Option<Duration>,
    silent: Option<Instant>,
    /// The deadline of the connection, which applies whatever the connection waits for.
    due: Option<Instant>,
    /// When a stopping server considers the connection finished.
    quiet: Option<Instant>,
    /// The minimum pace of a body.
    pace: Option<Pace>,
    /// Whether received bytes do not count as activity, because no frame is found in them.
    noisy: bool,
    /// Whether a frame has arrived since the idle deadline was set, so that noise behind the frame
    /// does not undo its activity.
    framed: bool,
}

/// The event that a connection waits for. It determines which time limits apply.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// A frame.
    Frame,
    /// The rest of a frame.
    Rest,
    /// A frame that may still be on its way, while the server stops.
    LastFrame,
    /// More bytes of a body.
    Body,
    /// Pushes, when the peer has closed its side and nothing more can arrive.
    Pushes,
    /// The end of the handler's work, or the writing of bytes that the peer has not taken yet. Only
    /// the deadline of the connection applies and, while the peer reads nothing, the limits for slow
    /// readers and for idle connections.
    Others,
}

impl Deadlines {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            frame: after(Instant::now(), limits.first_frame_time),
            idle: None,
            stalled: None,
            owed: 0,
            agreed: None,
            active: true,
            first: First::Due,
            timer: None,
            woken_anew: false,
        }
    }

    /// Sets the time when the connection was accepted, which is the creation by default.
    pub(crate) fn accepted(&mut self, at: Instant, limits: &Limits) {
        self.frame = after(at, limits.first_frame_time);
    }

    /// Records that the task's waker has changed. The timer still wakes the task before.
    pub(crate) fn woken_anew(&mut self) {
        self.woken_anew = true;
    }

    /// Records that bytes have been read.
    pub(crate) fn read(&mut self) {
        if let Some(agreed) = &mut self.agreed {
            if agreed.noisy {
                return;
            }
            agreed.quiet = None;
        }
        self.active = true;
    }

    /// Records that the bytes of the last read, and all bytes until the next frame, are noise.
    pub(crate) fn noise(&mut self) {
        let agreed = self.agreed();
        agreed.noisy = true;
        if !agreed.framed {
            self.active &= self.idle.is_none();
        }
    }

    /// Returns `true` if the last frame was malformed and no frame has arrived since.
    pub(crate) fn is_noisy(&self) -> bool {
        self.agreed.as_ref().is_some_and(|agreed| agreed.noisy)
    }

    /// Removes the deadline of a frame that was not complete in time. Its bytes now count as noise.
    pub(crate) fn frame_passed_over(&mut self) {
        (self.first, self.frame) = (First::Whole, None);
    }

    /// Records that bytes of a body have been read.
    pub(crate) fn read_body(&mut self, bytes: usize) {
        if let Some(pace) = self.pace() {
            pace.read(bytes, Instant::now());
        }
    }

    /// Pauses the time limit of the body while the body is not being read.
    pub(crate) fn pause_body(&mut self) {
        if let Some(pace) = self.pace() {
            pace.pause(Instant::now());
        }
    }

    /// Records that a body has ended.
    pub(crate) fn body_ended(&mut self) {
        if let Some(agreed) = &mut self.agreed {
            agreed.pace = None;
        }
        self.framed();
    }

    /// Sets the time when the connection is closed, whatever it waits for.
    pub(crate) fn close_at(&mut self, due: Option<Instant>) {
        self.agreed().due = due;
    }

    fn agreed(&mut self) -> &mut Agreed {
        self.agreed.get_or_insert_default()
    }

    fn due(&self) -> Option<Instant> {
        self.agreed.as_ref().and_then(|agreed| agreed.due)
    }

    fn pace(&mut self) -> Option<&mut Pace> {
        self.agreed.as_mut()?.pace.as_mut()
    }

    /// Records that frames are being handled, so that the connection is not idle.
    pub(crate) fn busy(&mut self) {
        self.active = true;
    }

    /// Records that a whole frame has arrived.
    pub(crate) fn framed(&mut self) {
        self.first = First::Whole;
        self.frame = None;
        if let Some(agreed) = &mut self.agreed {
            agreed.silent = None;
            agreed.framed = true;
            if std::mem::take(&mut agreed.noisy) {
                self.active = true;
            }
        }
    }

    /// Sets the time within which the next frame is due.
    pub(crate) fn keep_alive(&mut self, time: Option<Duration>) {
        if time != self.agreed.as_ref().and_then(|agreed| agreed.keep_alive) {
            let agreed = self.agreed();
            (agreed.keep_alive, agreed.silent) = (time, None);
        }
    }

    /// Records that the peer has read some of the sent bytes.
    pub(crate) fn taken(&mut self, bytes: usize) {
        self.active = true;
        self.owed = self.owed.saturating_sub(u32::try_from(bytes).unwrap_or(u32::MAX));
        if self.owed == 0 {
            self.stalled = None;
        }
    }

    /// Records that the peer has read everything.
    pub(crate) fn flushed(&mut self) {
        (self.stalled, self.owed) = (None, 0);
    }

    /// Records that the peer reads nothing at the moment, and that `waiting` bytes wait for it.
    /// Within [`Limits::slow_reader`] it must read all of them, or as many as the minimum pace
    /// requires.
    pub(crate) fn stalled(&mut self, limits: &Limits, waiting: usize) {
        if self.stalled.is_none() {
            self.stalled = after(Instant::now(), limits.slow_reader);
            self.owed = u32::try_from(waiting.min(limits.least_taken()).max(1)).unwrap_or(u32::MAX);
        }
    }

    /// Waits until a deadline has passed.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        limits: &Limits,
        waiting: Waiting,
    ) -> Poll<CloseReason> {
        if waiting == Waiting::Others && self.owed == 0 && self.due().is_none() {
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
        } else if !self.woken_anew && set < due {
            // The timer fires before `due`, and the deadlines are checked again then. This is
            // cheaper than resetting the timer.
            return Poll::Pending;
        }
        self.woken_anew = false;
        if timer.as_mut().poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }

    /// Returns the reason if a deadline has passed that the peer does not renew by sending more: the
    /// deadline of the connection, the time to read what was sent, and on a noisy line all of them.
    /// Most connections have no such deadline, and this does not read the clock for them.
    pub(crate) fn overdue(&mut self, limits: &Limits, waiting: Waiting) -> Option<CloseReason> {
        let waiting = match self.is_noisy() {
            true => waiting,
            false if self.owed > 0 || self.due().is_some() => Waiting::Others,
            false => return None,
        };
        let now = Instant::now();
        let (due, what) = self.next(limits, waiting, now)?;
        (due <= now).then(|| what.into())
    }

    /// Returns the next deadline.
    fn next(&mut self, limits: &Limits, waiting: Waiting, now: Instant) -> Option<(Instant, Passed)> {
        let stalled = self.stalled.map(|due| (due, Passed::Time(Timeout::SlowReader)));
        let mut next = earlier(stalled, self.due(), Passed::Time(Timeout::Deadline));
        if waiting == Waiting::Others && self.owed == 0 {
            // The connection is not idle while the handler works.
            return next;
        }
        if std::mem::take(&mut self.active) {
            self.idle = after(now, limits.idle);
            if let Some(agreed) = &mut self.agreed {
                agreed.framed = false;
            }
        }
        next = earlier(next, self.idle, Passed::Time(Timeout::Idle));
        match waiting {
            Waiting::Others | Waiting::Pushes => return next,
            Waiting::Body => {
                return earlier(next, self.body_due(limits, now), Passed::Time(Timeout::SlowSender));
            }
            Waiting::Frame | Waiting::Rest | Waiting::LastFrame => {}
        }
        if waiting == Waiting::Rest {
            self.begun(limits, now);
        }
        let silent = self.agreed.as_mut().and_then(|agreed| {
            agreed.silent = agreed.silent.or_else(|| after(now, agreed.keep_alive));
            agreed.silent
        });
        if waiting == Waiting::LastFrame {
            self.agreed().quiet.get_or_insert(now + QUIET);
        }
        let quiet = self.agreed.as_ref().and_then(|agreed| agreed.quiet);
        let others = [
            (self.frame, Passed::Time(Timeout::Frame)),
            (silent, Passed::Time(Timeout::KeepAlive)),
            (quiet, Passed::Quiet),
        ];
        for (due, what) in others {
            next = earlier(next, due, what);
        }
        next
    }

    /// Records that a part of a frame has arrived. For the first frame,
    /// [`Limits::first_frame_time`] still applies, which began with the connection.
    fn begun(&mut self, limits: &Limits, now: Instant) {
        match self.first {
            First::Due => {
                self.first = First::Begun;
                self.frame = self.frame.into_iter().chain(after(now, limits.frame_time)).min();
            }
            First::Whole if self.frame.is_none() => self.frame = after(now, limits.frame_time),
            First::Begun | First::Whole => {}
        }
    }

    /// Returns the deadline for the next part of a body.
    fn body_due(&mut self, limits: &Limits, now: Instant) -> Option<Instant> {
        let time = limits.slow_sender?;
        self.agreed().pace.get_or_insert_with(|| Pace::new(time)).resume(now)
    }
}

/// Returns the earlier of two deadlines.
fn earlier(next: Option<(Instant, Passed)>, due: Option<Instant>, what: Passed) -> Option<(Instant, Passed)> {
    match due {
        Some(due) if next.is_none_or(|(first, _)| due < first) => Some((due, what)),
        _ => next,
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

/// Returns the instant `time` after `now`, or `None` if `time` is `None` or the instant is not
/// representable.
fn after(now: Instant, time: Option<Duration>) -> Option<Instant> {
    now.checked_add(time?)
}
