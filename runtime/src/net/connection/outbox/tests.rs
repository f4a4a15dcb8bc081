//! Tests that compare the outbox with a model of the queue, the task's bytes, and
//! notifications.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::task::Wake;

use framewright_macros::Frame;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::*;
use crate::sink::Sink;

#[derive(Frame)]
struct Note {
    #[rest]
    bytes: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Step {
    /// The handler sends a frame of this many bytes.
    Send(usize),
    /// A task other than the handler pushes a frame.
    Push {
        len: usize,
        encoded: bool,
    },
    /// The task takes the queue.
    Take,
    /// The task has written some bytes.
    Write(usize),
    Advance(Stage),
}

#[derive(Default)]
struct Counting(AtomicUsize);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

struct Model {
    queue: Vec<u8>,
    in_flight: usize,
    stage: Stage,
    /// Whether the task knows that frames are queued, and has not taken them yet.
    told: bool,
}

const LIMIT: usize = 100;

impl Model {
    /// Queues a frame, or returns the reason for refusing it.
    fn takes(&mut self, bytes: &[u8], own: bool) -> Option<&'static str> {
        let waiting = self.queue.len() + self.in_flight;
        let closed = if own { Stage::Ended } else { Stage::Closing };
        let full = if own { waiting >= LIMIT } else { waiting > 0 && waiting + bytes.len() > LIMIT };
        if self.stage >= closed {
            return Some("closed");
        }
        if full {
            return Some("full");
        }
        self.queue.extend_from_slice(bytes);
        None
    }
}

fn contents(frames: &OutBuffer) -> Vec<u8> {
    let mut contents = Vec::new();
    frames.parts(0..frames.len(), &mut |part| contents.extend_from_slice(part));
    contents
}

fn why<T>(sent: Result<T, Refused>) -> Option<&'static str> {
    match sent {
        Ok(_) => None,
        Err(Refused::Full) => Some("full"),
        Err(Refused::Closed) => Some("closed"),
        Err(Refused::Invalid(_)) => Some("invalid"),
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..60_usize).prop_map(Step::Send),
        3 => (0..150_usize, any::<bool>()).prop_map(|(len, encoded)| Step::Push { len, encoded }),
        2 => Just(Step::Take),
        2 => (0..60_usize).prop_map(Step::Write),
        1 => prop::sample::select(&Stage::ALL[..]).prop_map(Step::Advance),
    ];
    prop::collection::vec(step, 0..40)
}

#[test]
fn the_bytes_that_a_stream_may_hold_back_are_in_flight() {
    check(vec![Step::Send(0), Step::Take, Step::Push { len: LIMIT, encoded: false }, Step::Write(1)])
        .unwrap();
}

proptest! {
    #[test]
    fn what_is_taken_is_what_was_put_in(steps in steps()) {
        check(steps)?;
    }
}

fn check(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let address = (Ipv4Addr::LOCALHOST, 1).into();
    let (outbox, woken) = (Outbox::new(LIMIT, Ends::new(address, address)), Arc::new(Counting::default()));
    outbox.register(Arc::clone(&woken).into());
    let mut model = Model { queue: Vec::new(), in_flight: 0, stage: Stage::Open, told: false };
    for (number, step) in (0_u8..).zip(steps) {
        let before = woken.0.load(Ordering::Relaxed);
        let times = |now: usize| now - before;
        match step {
            Step::Send(len) => {
                let bytes = vec![number; len];
                let refused = model.takes(&bytes, true);
                prop_assert_eq!(why(outbox.send(&Note { bytes })), refused);
                model.told |= refused.is_none();
                prop_assert_eq!(times(woken.0.load(Ordering::Relaxed)), 0, "the task polls the handler");
            }
            Step::Push { len, encoded } => {
                let bytes = vec![number; len];
                let refused = model.takes(&bytes, false);
                let sent =
                    if encoded { outbox.push_encoded(&bytes.into()) } else { outbox.push(&Note { bytes }) };
                prop_assert_eq!(why(sent), refused);
                let wakes = usize::from(refused.is_none() && !model.told);
                model.told |= refused.is_none();
                prop_assert_eq!(times(woken.0.load(Ordering::Relaxed)), wakes);
            }
            Step::Take => match outbox.take() {
                Some(frames) => {
                    prop_assert_eq!(contents(&frames), &model.queue[..]);
                    // Without frames, the stream may hold bytes back until the task reports.
                    (model.in_flight, model.told) = (std::mem::take(&mut model.queue).len().max(1), false);
                }
                None => prop_assert!(model.queue.is_empty() && !model.told),
            },
            Step::Write(bytes) => {
                model.in_flight = model.in_flight.saturating_sub(bytes);
                outbox.written(model.in_flight);
            }
            Step::Advance(stage) => {
                model.stage = model.stage.max(stage);
                outbox.advance(stage);
                prop_assert_eq!(outbox.stage(), model.stage, "it only ever moves on");
                prop_assert_eq!(times(woken.0.load(Ordering::Relaxed)), 1);
            }
        }
        prop_assert_eq!(outbox.len(), model.queue.len());
    }
    Ok(())
}

/// The owner of a large body. When dropped, it notes whether the queue can be locked.
struct Body {
    outbox: Arc<Outbox>,
    unlocked: Arc<AtomicBool>,
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        &[0; OutBuffer::SHARE_FROM]
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.unlocked.store(self.outbox.queue.try_lock().is_ok(), Ordering::Relaxed);
    }
}

#[test]
fn unsent_bodies_are_dropped_without_the_lock() {
    let address = (Ipv4Addr::LOCALHOST, 1).into();
    let outbox = Arc::new(Outbox::new(LIMIT, Ends::new(address, address)));
    let unlocked = Arc::new(AtomicBool::new(false));
    let body = Body { outbox: Arc::clone(&outbox), unlocked: Arc::clone(&unlocked) };
    assert!(outbox.push_encoded(&Bytes::from_owner(body)).is_ok());
    assert!(!unlocked.load(Ordering::Relaxed), "the queue keeps the body");
    outbox.end();
    assert!(unlocked.load(Ordering::Relaxed));
}
