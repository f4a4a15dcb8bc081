//! The deadlines of one connection, which share one timer.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

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
    /// Number of bytes that the peer must still read before `stalled`.
    owed: u32,
    /// Deadlines that most connections do not have.
    agreed: Option<Box<Agreed>>,
    /// Whether bytes have moved since the idle deadline was set.
    active: bool,
    first: First,
    timer: Option<Pin<Box<Sleep>>>,
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
    /// the limit for slow readers and the deadline of the connection apply.
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
        }
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
        self.agreed().noisy = true;
        self.active &= self.idle.is_none();
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
        self.stalled = None;
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

    /// Waits until a deadline has passed. `woken_anew` says that the task's waker has changed since
    /// the last call.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        limits: &Limits,
        waiting: Waiting,
        woken_anew: bool,
    ) -> Poll<CloseReason> {
        if waiting == Waiting::Others && self.stalled.is_none() && self.due().is_none() {
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
            // The timer fires before `due`, and the deadlines are checked again then. This is
            // cheaper than resetting the timer.
            return Poll::Pending;
        }
        if timer.as_mut().poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }

    /// Returns the next deadline.
    fn next(&mut self, limits: &Limits, waiting: Waiting, now: Instant) -> Option<(Instant, Passed)> {
        let stalled = self.stalled.map(|due| (due, Passed::Time(Timeout::SlowReader)));
        let mut next = earlier(stalled, self.due(), Passed::Time(Timeout::Deadline));
        match waiting {
            Waiting::Others => return next,
            Waiting::Body => {
                return earlier(next, self.body_due(limits, now), Passed::Time(Timeout::SlowSender));
            }
            Waiting::Frame | Waiting::Rest | Waiting::LastFrame | Waiting::Pushes => {}
        }
        if std::mem::take(&mut self.active) {
            self.idle = after(now, limits.idle);
        }
        if waiting == Waiting::Pushes {
            return earlier(next, self.idle, Passed::Time(Timeout::Idle));
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
            (self.idle, Passed::Time(Timeout::Idle)),
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

/// The minimum pace of a body: [`Pace::PART`] bytes in a time that is counted only while the body
/// is read.
#[derive(Debug)]
struct Pace {
    time: Duration,
    /// The remaining time for this part, while the body is not being read.
    left: Duration,
    due: Option<Instant>,
    /// Number of bytes of this part that have arrived.
    read: usize,
}

impl Pace {
    /// Number of bytes of a body that are due within [`Limits::slow_sender`].
    const PART: usize = 16 * 1024;

    fn new(time: Duration) -> Self {
        Self { time, left: time, due: None, read: 0 }
    }

    fn resume(&mut self, now: Instant) -> Option<Instant> {
        if self.due.is_none() {
            self.due = now.checked_add(self.left);
        }
        self.due
    }

    fn pause(&mut self, now: Instant) {
        if let Some(due) = self.due.take() {
            self.left = due.saturating_duration_since(now);
        }
    }

    fn read(&mut self, bytes: usize, now: Instant) {
        self.pause(now);
        self.read += bytes;
        if self.read >= Self::PART {
            (self.left, self.read) = (self.time, 0);
        }
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

#[cfg(test)]
mod tests {
    //! Tests that compare the deadlines with a model, which computes the end of the connection from
    //! the events. Both see the same events, and the connection must end at the time and for the
    //! reason that the model computes.

    use std::future::poll_fn;

    use proptest::prelude::*;
    use tokio::time::timeout_at;

    use super::*;

    /// An event on a connection.
    #[derive(Clone, Debug)]
    enum Event {
        /// Bytes arrive, and complete the frame if `whole` is set.
        Bytes {
            whole: bool,
        },
        /// Bytes arrive that contain no frame.
        Noise,
        /// The handler works for a while.
        Work,
        /// The peer reads nothing, and this many bytes wait for it.
        Stall(usize),
        /// The peer reads some bytes.
        Take(usize),
        KeepAlive(Option<u64>),
        CloseIn(Option<u64>),
    }

    /// The model, with all times in milliseconds since the connection was accepted.
    struct Model {
        limits: Limits,
        first: bool,
        /// When the first bytes of the current frame arrived.
        began: Option<u64>,
        /// The time of the last activity.
        alive: u64,
        noisy: bool,
        /// When the connection began to wait for the next frame.
        waiting: u64,
        keep_alive: Option<u64>,
        close: Option<u64>,
        /// When the peer began to read too slowly, and the number of bytes that it still has to
        /// read.
        stalled: Option<(u64, usize)>,
    }

    impl Model {
        fn happens(&mut self, event: &Event, now: u64) {
            match *event {
                Event::Bytes { whole: false } => {
                    self.alive = if self.noisy { self.alive } else { now };
                    self.began = self.began.or(Some(now));
                }
                Event::Bytes { whole: true } => {
                    (self.alive, self.noisy, self.first, self.began) = (now, false, false, None);
                    self.waiting = now;
                }
                Event::Noise => {
                    self.noisy = true;
                    (self.first, self.began) = (false, None);
                }
                Event::Work => self.alive = now,
                Event::Stall(bytes) => {
                    let owed = bytes.min(self.limits.least_taken()).max(1);
                    self.stalled = self.stalled.or(Some((now, owed)));
                }
                Event::Take(bytes) => {
                    self.alive = now;
                    self.stalled = self.stalled.map(|(since, owed)| (since, owed.saturating_sub(bytes)));
                    self.stalled = self.stalled.filter(|(_, owed)| *owed > 0);
                }
                Event::KeepAlive(time) => {
                    if time != self.keep_alive {
                        (self.keep_alive, self.waiting) = (time, now);
                    }
                }
                Event::CloseIn(time) => self.close = time.map(|time| now + time),
            }
        }

        /// Returns the time when the connection must end, and the reason. If several limits end at
        /// that time, returns the first of them in the order of `ends`.
        fn end(&self) -> Option<(u64, Timeout)> {
            let limit = |time: Option<Duration>, since: u64| Some(since + millis(time?));
            let first = limit(self.limits.first_frame_time, 0).filter(|_| self.first);
            let frame = self.began.and_then(|began| limit(self.limits.frame_time, began));
            let ends = [
                (
                    self.stalled.and_then(|(since, _)| limit(self.limits.slow_reader, since)),
                    Timeout::SlowReader,
                ),
                (self.close, Timeout::Deadline),
                (first.into_iter().chain(frame).min(), Timeout::Frame),
                (limit(self.limits.idle, self.alive), Timeout::Idle),
                (self.keep_alive.map(|time| self.waiting + time), Timeout::KeepAlive),
            ];
            let ends = ends.into_iter().filter_map(|(at, why)| Some((at?, why)));
            ends.min_by_key(|(at, _)| *at)
        }
    }

    fn millis(time: Duration) -> u64 {
        u64::try_from(time.as_millis()).unwrap()
    }

    fn tell(deadlines: &mut Deadlines, event: &Event, limits: &Limits) {
        match *event {
            Event::Bytes { whole } => {
                deadlines.read();
                if whole {
                    deadlines.framed();
                }
            }
            Event::Noise => {
                deadlines.read();
                deadlines.noise();
                deadlines.frame_passed_over();
            }
            Event::Work => deadlines.busy(),
            Event::Stall(bytes) => deadlines.stalled(limits, bytes),
            Event::Take(bytes) => deadlines.taken(bytes),
            Event::KeepAlive(time) => deadlines.keep_alive(time.map(Duration::from_millis)),
            Event::CloseIn(time) => {
                deadlines.close_at(time.map(|time| Instant::now() + Duration::from_millis(time)));
            }
        }
    }

    /// Passes the events to the deadlines and to the model, and compares when and why the
    /// connection ends.
    async fn live(events: &[(u64, Event)], limits: Limits) -> Result<(), TestCaseError> {
        let start = Instant::now();
        let mut deadlines = Deadlines::new(&limits);
        let mut model = Model {
            limits: limits.clone(),
            first: true,
            began: None,
            alive: 0,
            noisy: false,
            waiting: 0,
            keep_alive: None,
            close: None,
            stalled: None,
        };
        let mut now = 0;
        for (pause, event) in
            events.iter().map(|(pause, event)| (*pause, Some(event))).chain([(1 << 20, None)])
        {
            let next = now + pause;
            let waiting = if model.began.is_some() { Waiting::Rest } else { Waiting::Frame };
            let ended = poll_fn(|cx| deadlines.poll(cx, &limits, waiting, false));
            let ended = timeout_at(start + Duration::from_millis(next), ended).await.ok();
            let due = model.end().filter(|(at, _)| *at <= next);
            let at = millis(start.elapsed());
            match (ended, due) {
                (None, None) => {}
                (Some(CloseReason::Timeout(why)), Some((due, because))) if at == due => {
                    prop_assert_eq!(why, because);
                    return Ok(());
                }
                // If the deadline coincides with the event, either order is right.
                (None, Some((due, _))) if due == next => return Ok(()),
                (ended, due) => {
                    prop_assert!(false, "at {} it ended {:?}, the model says {:?}", at, ended, due)
                }
            }
            now = next;
            if let Some(event) = event {
                model.happens(event, now);
                tell(&mut deadlines, event, &limits);
            }
        }
        Ok(())
    }

    fn events() -> impl Strategy<Value = Vec<(u64, Event)>> {
        let time = || prop::option::of(1..2_000_u64);
        let event = prop_oneof![
            4 => any::<bool>().prop_map(|whole| Event::Bytes { whole }),
            1 => Just(Event::Noise),
            1 => Just(Event::Work),
            1 => (0..1_000_usize).prop_map(Event::Stall),
            1 => (0..1_000_usize).prop_map(Event::Take),
            1 => time().prop_map(Event::KeepAlive),
            1 => time().prop_map(Event::CloseIn),
        ];
        prop::collection::vec((0..1_500_u64, event), 0..20)
    }

    proptest! {
        #[test]
        fn a_connection_ends_when_the_first_of_its_limits_has_passed(
            events in events(),
            times in prop::array::uniform4(prop::option::of(1..3_000_u64)),
        ) {
            let [first, frame, idle, reader] = times.map(|time| time.map(Duration::from_millis));
            let mut limits = Limits::default();
            (limits.first_frame_time, limits.frame_time) = (first, frame);
            (limits.idle, limits.slow_reader) = (idle, reader);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            runtime.unwrap().block_on(live(&events, limits))?;
        }
    }
}
