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
            (self.stalled.and_then(|(since, _)| limit(self.limits.slow_reader, since)), Timeout::SlowReader),
            (self.close, Timeout::Deadline),
            (limit(self.limits.idle, self.alive), Timeout::Idle),
            (first.into_iter().chain(frame).min(), Timeout::Frame),
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
    for (pause, event) in events.iter().map(|(pause, event)| (*pause, Some(event))).chain([(1 << 20, None)]) {
        let next = now + pause;
        let waiting = if model.began.is_some() { Waiting::Rest } else { Waiting::Frame };
        let ended = poll_fn(|cx| deadlines.poll(cx, &limits, waiting));
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
