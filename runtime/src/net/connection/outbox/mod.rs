//! The state that a connection's task shares with its handler and its `Peer` handles: outgoing
//! frames, and the stage of shutting down.

mod ends;
mod stage;

pub(crate) use self::ends::Ends;
pub(crate) use self::stage::Stage;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::Instant;

use crate::error::{EncodeError, Error};
use crate::frame::Encode;
use crate::net::connection::lent::{self, Owner};
use crate::net::connection::out_buffer::OutBuffer;
use crate::net::server::held::Held;

/// The reason why a frame was refused.
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

/// A queue of encoded frames and the other state that the connection's task shares. Frames are
/// encoded when they are sent, so the queue holds bytes and is limited in bytes. The connection's
/// task takes all bytes at once.
#[derive(Debug)]
pub(crate) struct Outbox {
    pub(crate) owner: Owner,
    queue: Mutex<Queue>,
    /// Whether each frame is sent as a separate datagram, so that the lengths of queued frames are
    /// needed.
    datagrams: bool,
    limit: usize,
    /// Number of bytes that the task has taken and not written yet, as last reported. If only the
    /// stream holds bytes back, as TLS does, it is 1, because their number is unknown.
    in_flight: AtomicUsize,
    /// Whether a frame was queued since the task last took the queue, or the task has to
    /// [report](Self::ask_for_report).
    filled: AtomicBool,
    /// Whether a handler writes into the task's buffer, which is not counted here.
    handled: AtomicBool,
    stage: AtomicU8,
    /// Whether the deadline was set since the task last checked.
    rescheduled: AtomicBool,
    pub(crate) ends: Ends,
    /// The number of `Peer` handles.
    peers: AtomicUsize,
    /// Notified whenever bytes were written, and when the connection ends.
    room: Notify,
    /// The memory held in the connection's buffers.
    pub(crate) held: Held,
    /// Whether the connection was closed because of its memory.
    evicted: AtomicBool,
    /// Whether a handler will write the queued frames, also if its conversation ends before.
    kept: AtomicBool,
    /// Whether an end was reported: 1 for an ordinary one, 2 for an error, 3 for a panic.
    reported: AtomicU8,
}

#[derive(Debug, Default)]
struct Queue {
    frames: OutBuffer,
    waker: Option<Waker>,
    /// State that is boxed because most connections do not need it, and there may be many
    /// connections.
    rare: Option<Box<Rare>>,
}

/// State that only some connections need.
#[derive(Debug, Default)]
struct Rare {
    /// The lengths of queued frames; empty unless `datagrams` is set.
    lens: VecDeque<usize>,
    schedule: Schedule,
}

/// Deadlines that a handler or a session sets.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Schedule {
    /// When the connection is closed.
    pub(crate) deadline: Option<Instant>,
    /// The time within which the peer must send its next frame.
    pub(crate) keep_alive: Option<Duration>,
}

impl Outbox {
    /// The maximum of [`pause_at`](Self::pause_at).
    const BACKLOG: usize = 64 * 1024;

    pub(crate) fn new(limit: usize, ends: Ends) -> Self {
        Self {
            owner: Owner::new(),
            queue: Mutex::default(),
            datagrams: false,
            limit,
            in_flight: AtomicUsize::new(0),
            filled: AtomicBool::new(false),
            handled: AtomicBool::new(false),
            stage: AtomicU8::new(Stage::Open.number()),
            rescheduled: AtomicBool::new(false),
            ends,
            peers: AtomicUsize::new(0),
            room: Notify::new(),
            held: Held::default(),
            evicted: AtomicBool::new(false),
            kept: AtomicBool::new(false),
            reported: AtomicU8::new(0),
        }
    }

    /// Creates an outbox that sends its frames one by one.
    pub(crate) fn of_datagrams(limit: usize, ends: Ends) -> Self {
        Self { datagrams: true, ..Self::new(limit, ends) }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a frame of the connection's own handler and returns its length. Does not wake the
    /// task, because the task itself polls the handler.
    ///
    /// The frame goes directly into the task's buffer, unless other frames are queued before it.
    ///
    /// The limit may be exceeded by one frame: a reply longer than the free room must not fail
    /// because other frames wait before it.
    #[inline]
    pub(crate) fn send<T: Encode>(&self, frame: &T) -> Result<usize, Refused> {
        if self.stage.load(Ordering::Acquire) >= Stage::Ended.number() && !self.has_last_word() {
            return Err(Refused::Closed);
        }
        if !self.datagrams && !self.filled.load(Ordering::Acquire) {
            if let Some(sent) = lent::with(self.owner, |out| self.write(out, 0, frame)) {
                return sent;
            }
        }
        self.send_behind_others(frame)
    }

    /// Returns `true` if the handler of a connection that has ended still runs. What the handler sends
    /// then, for example in `ending`, is part of the last flush.
    #[cold]
    fn has_last_word(&self) -> bool {
        lent::with(self.owner, |_| ()).is_some()
    }

    /// Sends a frame like [`send`](Self::send), but through the queue.
    #[cold]
    fn send_behind_others<T: Encode>(&self, frame: &T) -> Result<usize, Refused> {
        let mut queue = self.lock();
        let bytes = self.write(&mut queue.frames, self.in_flight.load(Ordering::Relaxed), frame)?;
        self.mark(&mut queue, bytes);
        self.filled.store(true, Ordering::Release);
        Ok(bytes)
    }

    /// Appends a frame, if the number of waiting bytes is below the limit, or if none wait.
    #[inline]
    pub(crate) fn write<T: Encode>(
        &self,
        out: &mut OutBuffer,
        others: usize,
        frame: &T,
    ) -> Result<usize, Refused> {
        let waiting = out.len() + others;
        if waiting >= self.limit && waiting > 0 {
            return Err(Refused::Full);
        }
        out.push(frame).map_err(Refused::Invalid)
    }

    /// Queues a frame that is not sent by the connection's own handler, and wakes the task. Returns
    /// [`Refused::Full`] if the frame would exceed the limit, unless no other bytes are waiting.
    pub(crate) fn push<T: Encode>(&self, frame: &T) -> Result<(), Refused> {
        let mut queue = self.room_for(|| frame.encoded_len())?;
        let bytes = queue.frames.push(frame).map_err(Refused::Invalid)?;
        self.mark(&mut queue, bytes);
        self.wake(&queue);
        Ok(())
    }

    /// Like [`push`](Self::push), for an encoded frame.
    pub(crate) fn push_encoded(&self, frame: &Bytes) -> Result<(), Refused> {
        let mut queue = self.room_for(|| frame.len())?;
        queue.frames.push_encoded(frame);
        self.mark(&mut queue, frame.len());
        self.wake(&queue);
        Ok(())
    }

    /// Queues encoded frames once the queue has room. Does nothing if the connection ends.
    pub(crate) async fn deliver(&self, mut frames: OutBuffer) {
        loop {
            // Register for a notification before the attempt, so that a notification between the
            // two is not missed.
            let room = self.room();
            match self.push_all(&mut frames) {
                Err(Refused::Full) => room.await,
                Ok(()) | Err(Refused::Closed | Refused::Invalid(_)) => return frames.release(),
            }
        }
    }

    /// Queues all of `frames` and leaves it empty, if the queue has room.
    fn push_all(&self, frames: &mut OutBuffer) -> Result<(), Refused> {
        if self.datagrams {
            frames.join();
        }
        let len = frames.len();
        let mut queue = self.room_for(|| len)?;
        queue.frames.append(frames);
        self.mark(&mut queue, len);
        self.wake(&queue);
        Ok(())
    }

    fn mark(&self, queue: &mut Queue, len: usize) {
        if self.datagrams {
            // A datagram is sent from one piece.
            queue.frames.join();
            queue.rare.get_or_insert_default().lens.push_back(len);
        }
    }

    /// Returns the length of the next frame to be sent.
    pub(crate) fn first_len(&self) -> Option<usize> {
        self.lock().rare.as_ref()?.lens.front().copied()
    }

    /// Records that the next frame has been sent.
    pub(crate) fn first_left(&self) {
        if let Some(rare) = &mut self.lock().rare {
            rare.lens.pop_front();
        }
    }

    /// Locks the queue, if it has room for a pushed frame of this length.
    fn room_for(&self, len: impl FnOnce() -> usize) -> Result<MutexGuard<'_, Queue>, Refused> {
        let queue = self.lock();
        if self.stage() >= Stage::Closing {
            return Err(Refused::Closed);
        }
        let waiting = queue.frames.len() + self.in_flight.load(Ordering::Relaxed);
        if waiting > 0 && waiting.saturating_add(len()) > self.limit {
            return Err(Refused::Full);
        }
        Ok(queue)
    }

    /// Wakes the task because of queued frames, unless it was woken already.
    fn wake(&self, queue: &Queue) {
        if self.filled.swap(true, Ordering::AcqRel) {
            return;
        }
        if let Some(waker) = &queue.waker {
            waker.wake_by_ref();
        }
    }

    /// Wakes the task if frames are queued. Used if the handler, which queues them, is polled by
    /// another task.
    pub(crate) fn wake_if_filled(&self) {
        if self.filled.load(Ordering::Acquire) {
            if let Some(waker) = &self.lock().waker {
                waker.wake_by_ref();
            }
        }
    }

    /// Returns the number of queued bytes.
    pub(crate) fn len(&self) -> usize {
        self.lock().frames.len()
    }

    /// Takes all queued bytes, when everything taken before is written.
    pub(crate) fn take(&self) -> Option<OutBuffer> {
        if !self.filled.load(Ordering::Acquire) {
            return None;
        }
        let mut queue = self.lock();
        let frames = std::mem::take(&mut queue.frames);
        // Without frames, the task reports when the stream holds nothing back.
        self.owes(frames.len().max(1));
        self.filled.store(false, Ordering::Release);
        Some(frames)
    }

    /// Sets the number of bytes that the task has not written yet.
    pub(crate) fn owes(&self, bytes: usize) {
        self.in_flight.store(bytes, Ordering::Relaxed);
    }

    /// Sets the number of bytes that are left after a write, and notifies the tasks that wait for
    /// room. Does nothing if no bytes were reported as unwritten, because then no task waits.
    pub(crate) fn written(&self, left: usize) {
        if self.in_flight.load(Ordering::Relaxed) != 0 {
            self.owes(left);
            self.room.notify_waiters();
        }
    }

    /// Records that the stream holds back bytes, and that no others are left.
    pub(crate) fn held_back(&self) {
        // A task that waits for its own flush must not wake itself again and again, so only a write is
        // notified: then more than 1 was left.
        if self.in_flight.swap(1, Ordering::Relaxed) > 1 {
            self.room.notify_waiters();
        }
    }

    /// Returns a future that resolves when bytes were written, or when the connection ends.
    pub(crate) fn room(&self) -> Notified<'_> {
        self.room.notified()
    }

    /// Records that a handler writes into the task's buffer.
    pub(crate) fn begin_handling(&self) {
        self.handled.store(!self.datagrams, Ordering::Release);
    }

    /// Makes the task report when it has written the frames that its handler has sent. Another
    /// thread cannot know whether there are any.
    fn ask_for_report(&self) {
        if self.handled.load(Ordering::Acquire) && self.stage() < Stage::Ended {
            self.wake(&self.lock());
        }
    }

    /// Waits until everything is written.
    pub(crate) async fn flushed(&self) -> Result<(), Refused> {
        let more = |out: &mut OutBuffer| {
            if !out.is_empty() {
                self.owes(out.len());
            }
        };
        if lent::with(self.owner, more).is_none() {
            self.ask_for_report();
        }
        loop {
            let room = self.room();
            // If everything was written, the result is `Ok` even if the connection has ended since.
            if !self.filled.load(Ordering::Acquire) && self.in_flight.load(Ordering::Relaxed) == 0 {
                return Ok(());
            }
            if self.stage() >= Stage::Ended {
                return Err(Refused::Closed);
            }
            room.await;
        }
    }

    /// Counts another `Peer` handle.
    pub(crate) fn add_peer(&self) {
        self.peers.fetch_add(1, Ordering::Relaxed);
    }

    /// Records that a `Peer` handle was dropped. Wakes the task if it was the last handle, because
    /// the task may be waiting for that.
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

    /// Returns the number of unwritten bytes from which on nothing more is read from the peer, and
    /// no more frames are handled. It is at least 1.
    pub(crate) fn pause_at(&self) -> usize {
        self.limit.clamp(1, Self::BACKLOG)
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

    /// Returns the deadlines of the connection, if they have changed since the last call.
    pub(crate) fn rescheduled(&self) -> Option<Schedule> {
        if !self.rescheduled.load(Ordering::Acquire) {
            return None;
        }
        let queue = self.lock();
        self.rescheduled.store(false, Ordering::Release);
        Some(queue.rare.as_ref().map(|rare| rare.schedule).unwrap_or_default())
    }

    /// Returns the time when the connection is closed.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.lock().rare.as_ref()?.schedule.deadline
    }

    /// Sets the waker of the task.
    pub(crate) fn register(&self, waker: Waker) {
        self.lock().waker = Some(waker);
    }
}

#[cfg(test)]
mod tests;
