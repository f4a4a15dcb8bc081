//! The stages of shutting down, and the end of a connection.

use std::sync::atomic::Ordering;

use super::Outbox;
use crate::net::connection::close::{Close, CloseReason};
use crate::net::connection::out_buffer::OutBuffer;

/// The stage of shutting down a connection. A connection never returns to an earlier stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Open,
    /// The server stops. Frames that have begun to arrive are still answered.
    Draining,
    /// No more bytes are read, and sent frames are flushed.
    Closing,
    /// No more frames are sent.
    Ended,
    /// The connection is closed without waiting, because the time to drain is over, or because of
    /// the memory that the connection holds.
    Killed,
}

impl Stage {
    pub(super) const ALL: [Self; 5] = [Self::Open, Self::Draining, Self::Closing, Self::Ended, Self::Killed];

    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Open => 0,
            Self::Draining => 1,
            Self::Closing => 2,
            Self::Ended => 3,
            Self::Killed => 4,
        }
    }
}

impl Outbox {
    #[inline]
    pub(crate) fn stage(&self) -> Stage {
        let number = self.stage.load(Ordering::Acquire);
        Stage::ALL.get(usize::from(number)).copied().unwrap_or(Stage::Killed)
    }

    /// Waits until the connection has reached `stage`.
    #[cfg(feature = "tls")]
    pub(crate) async fn reached(&self, stage: Stage) {
        std::future::poll_fn(|cx| {
            self.register(cx.waker().clone());
            if self.stage() >= stage { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }

    /// Advances to `stage` and wakes the task.
    pub(crate) fn advance(&self, stage: Stage) {
        self.stage.fetch_max(stage.number(), Ordering::AcqRel);
        let queue = self.lock();
        if let Some(waker) = &queue.waker {
            waker.wake_by_ref();
        }
    }

    /// Closes the connection because of the memory it holds.
    pub(crate) fn evict(&self) {
        self.evicted.store(true, Ordering::Release);
        self.advance(Stage::Killed);
    }

    /// Returns the reason for the end of a connection that neither its handler nor its session has
    /// ended.
    pub(crate) fn killed(&self) -> CloseReason {
        if self.evicted.load(Ordering::Acquire) {
            return CloseReason::Memory;
        }
        match self.stage() {
            Stage::Killed => CloseReason::Drain,
            // A `Peer` has closed it, or the conversation has ended that a handler in another task
            // belongs to.
            _ => CloseReason::Handler(Close::new()),
        }
    }

    /// Returns `true` if a handler or a conversation has failed only because the connection is being
    /// closed: frames are refused from then on, also by [`Peer`](crate::net::Peer)s.
    pub(crate) fn has_refused(&self, close: &Close) -> bool {
        self.stage() >= Stage::Closing && close.follows_an_end()
    }

    /// Returns `true` if an end is to be logged and counted: the first one, and a worse one after it. A
    /// conversation and its handler end one after the other, often for the same reason.
    pub(crate) fn reports(&self, why: &CloseReason) -> bool {
        let level = match why {
            CloseReason::Panic => 3,
            why if why.is_ordinary() => 1,
            _ => 2,
        };
        self.reported.fetch_max(level, Ordering::AcqRel) < level
    }

    /// Sets whether a handler will write the queued frames at the end of the connection.
    pub(crate) fn keep(&self, kept: bool) {
        self.kept.store(kept, Ordering::Release);
        if !kept && self.stage() >= Stage::Ended {
            self.end();
        }
    }

    /// Records that the connection has ended, and drops unsent frames, unless a handler
    /// [will write them](Self::keep). Wakes the task, because a handler in another task than the one
    /// that ends the connection may run there.
    pub(crate) fn end(&self) {
        self.stage.fetch_max(Stage::Ended.number(), Ordering::AcqRel);
        let mut queue = self.lock();
        let kept = self.kept.load(Ordering::Acquire);
        let unsent = if kept { OutBuffer::new() } else { std::mem::take(&mut queue.frames) };
        let waker = queue.waker.clone();
        drop(queue);
        // Dropped without the lock, because the owner of a body may use this connection.
        drop(unsent);
        if let Some(waker) = waker {
            waker.wake();
        }
        self.room.notify_waiters();
    }
}
