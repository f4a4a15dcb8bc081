//! What a connection's task shares with its handler and its handles: the
//! frames on their way out, and how far the connection is towards its end.

use std::collections::VecDeque;
use std::net::SocketAddr;
#[cfg(feature = "tls")]
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use bytes::BytesMut;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::Instant;

use super::close::CloseReason;
use super::lent::{self, Owner};
use super::pool;
use crate::error::{EncodeError, Error};
use crate::frame::Encode;
use crate::net::handler::service::append;
use crate::net::server::held::Held;
#[cfg(feature = "tls")]
use crate::net::tls::TlsInfo;

/// How far a connection is towards its end. It only ever moves on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Open,
    /// The server stops: what has begun to arrive is still answered.
    Draining,
    /// Nothing more is read; what has been sent is flushed.
    Closing,
    /// Nothing more is sent.
    Ended,
    /// The time to drain is over.
    Killed,
}

impl Stage {
    const ALL: [Self; 5] = [Self::Open, Self::Draining, Self::Closing, Self::Ended, Self::Killed];

    const fn number(self) -> u8 {
        match self {
            Self::Open => 0,
            Self::Draining => 1,
            Self::Closing => 2,
            Self::Ended => 3,
            Self::Killed => 4,
        }
    }
}

/// Why a frame was not taken.
pub(crate) enum Refused {
    Full,
    Closed,
    Invalid(EncodeError),
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Full => Self::Full,
            Refused::Closed => Self::Closed,
            Refused::Invalid(error) => Self::Encode(error),
        }
    }
}

/// Frames are encoded where they are sent, so a queue of them is bytes, and
/// its limit is one of bytes. The connection's task takes them all at once.
#[derive(Debug)]
pub(crate) struct Outbox {
    pub(crate) owner: Owner,
    queue: Mutex<Queue>,
    /// Whether frames go out one by one, so that their lengths are needed.
    datagrams: bool,
    limit: usize,
    /// How many bytes the task has and has not written yet, as far as it was said.
    in_flight: AtomicUsize,
    /// Whether the queue has been put into since the task last took it.
    filled: AtomicBool,
    stage: AtomicU8,
    /// Whether the deadline has been set since the task last looked.
    rescheduled: AtomicBool,
    pub(crate) ends: Ends,
    /// How many handles there are for pushing.
    peers: AtomicUsize,
    /// Told whenever bytes have left, and at the end.
    room: Notify,
    /// What the connection holds in its buffers.
    pub(crate) held: Held,
    /// Whether it was closed for that.
    evicted: AtomicBool,
}

#[derive(Debug, Default)]
struct Queue {
    bytes: BytesMut,
    waker: Option<Waker>,
    /// Boxed, because most connections have none of it, and there may be many.
    rare: Option<Box<Rare>>,
}

/// What only some connections need.
#[derive(Debug, Default)]
struct Rare {
    /// The lengths of frames that were put in and have not left, where they are needed.
    lens: VecDeque<usize>,
    schedule: Schedule,
}

/// What a handler or a session wants of the deadlines of its connection.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Schedule {
    /// When the connection is to be closed.
    pub(crate) deadline: Option<Instant>,
    /// How long the peer may go without a frame.
    pub(crate) keep_alive: Option<Duration>,
}

/// Both ends of a connection.
#[derive(Debug)]
pub(crate) struct Ends {
    pub(crate) peer: SocketAddr,
    pub(crate) local: SocketAddr,
    #[cfg(feature = "tls")]
    pub(crate) tls: OnceLock<Box<TlsInfo>>,
}

impl Ends {
    pub(crate) fn new(peer: SocketAddr, local: SocketAddr) -> Self {
        Self {
            peer,
            local,
            #[cfg(feature = "tls")]
            tls: OnceLock::new(),
        }
    }
}

impl Outbox {
    pub(crate) fn new(limit: usize, ends: Ends) -> Self {
        Self {
            owner: Owner::new(),
            queue: Mutex::default(),
            datagrams: false,
            limit,
            in_flight: AtomicUsize::new(0),
            filled: AtomicBool::new(false),
            stage: AtomicU8::new(Stage::Open.number()),
            rescheduled: AtomicBool::new(false),
            ends,
            peers: AtomicUsize::new(0),
            room: Notify::new(),
            held: Held::default(),
            evicted: AtomicBool::new(false),
        }
    }

    /// An outbox whose frames go out one by one.
    pub(crate) fn of_datagrams(limit: usize, ends: Ends) -> Self {
        Self { datagrams: true, ..Self::new(limit, ends) }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts in a frame of the connection's own handler and gives its length.
    /// The task polls the handler, so it need not be woken.
    ///
    /// The frame goes straight to the task's own buffer, unless others wait before it.
    ///
    /// The limit may be overshot by one frame: a reply that is longer than
    /// what is free must not fail because others wait before it.
    #[inline]
    pub(crate) fn send<T: Encode>(&self, frame: &T) -> Result<usize, Refused> {
        if self.stage() >= Stage::Ended {
            return Err(Refused::Closed);
        }
        if !self.datagrams && !self.filled.load(Ordering::Acquire) {
            if let Some(sent) = lent::with(self.owner, |out| self.write(out, 0, frame)) {
                return sent;
            }
        }
        let mut queue = self.lock();
        let bytes = self.write(&mut queue.bytes, self.in_flight.load(Ordering::Relaxed), frame)?;
        self.mark(&mut queue, bytes);
        self.filled.store(true, Ordering::Release);
        Ok(bytes)
    }

    /// Appends a frame, if fewer bytes than the limit wait already.
    #[inline]
    fn write<T: Encode>(&self, out: &mut BytesMut, others: usize, frame: &T) -> Result<usize, Refused> {
        if out.len() + others >= self.limit {
            return Err(Refused::Full);
        }
        append(out, frame).map_err(Refused::Invalid)
    }

    /// Puts in a frame from elsewhere and wakes the task. Within the limit,
    /// unless nothing else waits.
    pub(crate) fn push<T: Encode>(&self, frame: &T) -> Result<(), Refused> {
        let mut queue = self.room_for(|| frame.encoded_len())?;
        let bytes = append(&mut queue.bytes, frame).map_err(Refused::Invalid)?;
        self.mark(&mut queue, bytes);
        self.wake(&queue);
        Ok(())
    }

    /// As [`push`](Self::push), for a frame that is encoded already.
    pub(crate) fn push_encoded(&self, frame: &[u8]) -> Result<(), Refused> {
        let mut queue = self.room_for(|| frame.len())?;
        if queue.bytes.capacity() == 0 {
            // A frame for thousands of connections must not take a buffer of the usual size for each of them.
            queue.bytes =
                if frame.len() < pool::LEAST { BytesMut::with_capacity(frame.len()) } else { pool::take() };
        }
        queue.bytes.extend_from_slice(frame);
        self.mark(&mut queue, frame.len());
        self.wake(&queue);
        Ok(())
    }

    /// Puts in frames that are encoded already when there is room, or never if
    /// the connection ends.
    pub(crate) async fn deliver(&self, frames: &[u8]) {
        loop {
            // Asked for before trying, so that room made in between is heard of.
            let room = self.room();
            match self.push_encoded(frames) {
                Err(Refused::Full) => room.await,
                Ok(()) | Err(Refused::Closed | Refused::Invalid(_)) => return,
            }
        }
    }

    fn mark(&self, queue: &mut Queue, len: usize) {
        if self.datagrams {
            queue.rare.get_or_insert_default().lens.push_back(len);
        }
    }

    /// The length of the frame that goes out next.
    pub(crate) fn first_len(&self) -> Option<usize> {
        self.lock().rare.as_ref()?.lens.front().copied()
    }

    /// The frame that was to go out next has left.
    pub(crate) fn first_left(&self) {
        if let Some(rare) = &mut self.lock().rare {
            rare.lens.pop_front();
        }
    }

    /// The queue, if it may take a frame from elsewhere.
    fn room_for(&self, len: impl FnOnce() -> usize) -> Result<MutexGuard<'_, Queue>, Refused> {
        let queue = self.lock();
        if self.stage() >= Stage::Closing {
            return Err(Refused::Closed);
        }
        let waiting = queue.bytes.len() + self.in_flight.load(Ordering::Relaxed);
        if waiting > 0 && waiting.saturating_add(len()) > self.limit {
            return Err(Refused::Full);
        }
        Ok(queue)
    }

    /// Wakes the task for what is in the queue, unless that has been done.
    fn wake(&self, queue: &Queue) {
        if self.filled.swap(true, Ordering::AcqRel) {
            return;
        }
        if let Some(waker) = &queue.waker {
            waker.wake_by_ref();
        }
    }

    /// Wakes the task for what the handler has put in, where it is not the task that polls the handler.
    pub(crate) fn wake_if_filled(&self) {
        if self.filled.load(Ordering::Acquire) {
            if let Some(waker) = &self.lock().waker {
                waker.wake_by_ref();
            }
        }
    }

    /// How many bytes wait to be taken.
    pub(crate) fn len(&self) -> usize {
        self.lock().bytes.len()
    }

    /// Hands over everything that was put in.
    pub(crate) fn take(&self) -> Option<BytesMut> {
        if !self.filled.load(Ordering::Acquire) {
            return None;
        }
        let mut queue = self.lock();
        let bytes = std::mem::take(&mut queue.bytes);
        self.owes(bytes.len());
        self.filled.store(false, Ordering::Release);
        Some(bytes)
    }

    /// Notes how much the task has that is not written yet.
    pub(crate) fn owes(&self, bytes: usize) {
        self.in_flight.store(bytes, Ordering::Relaxed);
    }

    /// Notes how much is left after a write, and tells those who wait for room. Nobody
    /// waits for what was never said to be owed.
    pub(crate) fn written(&self, left: usize) {
        if self.in_flight.load(Ordering::Relaxed) != 0 {
            self.owes(left);
            self.room.notify_waiters();
        }
    }

    /// Resolves when bytes have left, or at the end.
    pub(crate) fn room(&self) -> Notified<'_> {
        self.room.notified()
    }

    /// Waits until nothing is on its way out.
    pub(crate) async fn flushed(&self) -> Result<(), Refused> {
        lent::with(self.owner, |out| self.owes(out.len()));
        loop {
            let room = self.room();
            // What has left has left, also where the connection has ended since.
            if !self.filled.load(Ordering::Acquire) && self.in_flight.load(Ordering::Relaxed) == 0 {
                return Ok(());
            }
            if self.stage() >= Stage::Ended {
                return Err(Refused::Closed);
            }
            room.await;
        }
    }

    /// Another handle for pushing.
    pub(crate) fn add_peer(&self) {
        self.peers.fetch_add(1, Ordering::Relaxed);
    }

    /// A handle for pushing is gone. The task may have waited for the last one.
    pub(crate) fn drop_peer(&self) {
        if self.peers.fetch_sub(1, Ordering::AcqRel) == 1 {
            if let Some(waker) = &self.lock().waker {
                waker.wake_by_ref();
            }
        }
    }

    pub(crate) fn has_peers(&self) -> bool {
        self.peers.load(Ordering::Acquire) > 0
    }

    /// How many bytes may wait.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    pub(crate) fn stage(&self) -> Stage {
        let number = self.stage.load(Ordering::Acquire);
        Stage::ALL.get(usize::from(number)).copied().unwrap_or(Stage::Killed)
    }

    /// Changes the deadlines of the connection.
    pub(crate) fn reschedule(&self, change: impl FnOnce(&mut Schedule)) {
        let mut queue = self.lock();
        change(&mut queue.rare.get_or_insert_default().schedule);
        self.rescheduled.store(true, Ordering::Release);
        if let Some(waker) = &queue.waker {
            waker.wake_by_ref();
        }
    }

    /// The deadlines of the connection, if they have been changed since the last call.
    pub(crate) fn rescheduled(&self) -> Option<Schedule> {
        if !self.rescheduled.load(Ordering::Acquire) {
            return None;
        }
        let queue = self.lock();
        self.rescheduled.store(false, Ordering::Release);
        Some(queue.rare.as_ref().map(|rare| rare.schedule).unwrap_or_default())
    }

    /// When the connection is to be closed.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.lock().rare.as_ref()?.schedule.deadline
    }

    /// Waits until the connection has come to `stage`.
    #[cfg(feature = "tls")]
    pub(crate) async fn reached(&self, stage: Stage) {
        std::future::poll_fn(|cx| {
            self.register(cx.waker().clone());
            if self.stage() >= stage { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }

    /// Moves on to `stage` and wakes the task.
    pub(crate) fn advance(&self, stage: Stage) {
        self.stage.fetch_max(stage.number(), Ordering::AcqRel);
        let queue = self.lock();
        if let Some(waker) = &queue.waker {
            waker.wake_by_ref();
        }
    }

    /// Closes the connection for the memory it holds.
    pub(crate) fn evict(&self) {
        self.evicted.store(true, Ordering::Release);
        self.advance(Stage::Killed);
    }

    /// Why the connection is closed by the server.
    pub(crate) fn killed(&self) -> CloseReason {
        if self.evicted.load(Ordering::Acquire) { CloseReason::Memory } else { CloseReason::Drain }
    }

    /// Says whom to wake.
    pub(crate) fn register(&self, waker: Waker) {
        self.lock().waker = Some(waker);
    }

    /// The connection has ended; what was not sent will not be.
    pub(crate) fn end(&self) {
        self.stage.fetch_max(Stage::Ended.number(), Ordering::AcqRel);
        self.lock().bytes = BytesMut::new();
        self.room.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    //! The outbox beside a model: what is in the queue, what the task has, and who was told.

    use std::net::Ipv4Addr;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::task::Wake;

    use framewright_macros::Frame;
    use proptest::prelude::*;

    use super::*;

    #[derive(Frame)]
    struct Note {
        #[rest]
        bytes: Vec<u8>,
    }

    #[derive(Clone, Debug)]
    enum Step {
        /// The handler sends a frame of so many bytes.
        Send(usize),
        /// Somebody else does.
        Push {
            len: usize,
            encoded: bool,
        },
        /// The task takes what is there.
        Take,
        /// It has written some of it.
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
        /// Whether the task has heard of what is in the queue.
        told: bool,
    }

    const LIMIT: usize = 100;

    impl Model {
        /// What becomes of a frame: nothing, or why it is refused.
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

    proptest! {
        #[test]
        fn what_is_taken_is_what_was_put_in(steps in steps()) {
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
                        let sent = if encoded { outbox.push_encoded(&bytes) } else { outbox.push(&Note { bytes }) };
                        prop_assert_eq!(why(sent), refused);
                        let wakes = usize::from(refused.is_none() && !model.told);
                        model.told |= refused.is_none();
                        prop_assert_eq!(times(woken.0.load(Ordering::Relaxed)), wakes);
                    }
                    Step::Take => match outbox.take() {
                        Some(bytes) => {
                            prop_assert_eq!(&bytes[..], &model.queue[..]);
                            (model.in_flight, model.told) = (std::mem::take(&mut model.queue).len(), false);
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
        }
    }
}
