//! The link between a session and the task of its connection, which share a transport.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::BoxIo;
use super::both::both;
use crate::net::connection::close::{Close, CloseReason};
use crate::net::connection::outbox::{Outbox, Stage};
use crate::net::connection::transport::{Step, Transport};
use crate::net::server::stats::Counters;

/// The transport that a session and the task of its connection share. The task polls the session,
/// so the lock is free unless the session was moved to another task.
pub(crate) struct Link {
    state: Mutex<State>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) counters: Option<Counters>,
}

pub(crate) struct State {
    /// The transport; `None` once a handler or the owner of [`Parts`](super::Parts) has taken it.
    pub(crate) transport: Option<Transport<BoxIo>>,
    /// Whether the task polls the conversation.
    talking: bool,
    /// Whether the session waits for the transport, and has polled it itself since the task last
    /// checked.
    attended: bool,
    /// The waker of the connection's task.
    task: Option<Waker>,
    /// The session's own waker, if it last polled the transport with another one than the task's.
    pub(super) own: Option<Box<Own>>,
    /// Whether a body was asked for since the last turn by a poll, which has no end of its own.
    asked: bool,
    asks: Asks,
    /// Whether the connection has a task.
    pub(crate) served: bool,
    /// Why the task must drop the conversation.
    pub(crate) ended: Option<CloseReason>,
    /// Whether the session has found the end of the stream after a whole frame.
    pub(crate) at_end: bool,
    /// Whether a handler has the transport. It ends by itself, also when the connection is closed
    /// without waiting, because its `closed` has to be called.
    handled: bool,
}

/// The waker of a session that another task polls, or another executor within the task, such as a
/// `FuturesUnordered`.
pub(super) struct Own {
    waker: Waker,
    /// Wakes the session and the task. Without the task, nobody would notice events once the session
    /// waits for something else.
    both: Waker,
    /// Whether the session waits for the transport.
    waits: bool,
}

/// Whether the session asks for a body by polls, as far as its turns tell.
#[derive(Clone, Copy)]
enum Asks {
    No,
    /// The last turn has polled the body. Another turn shows whether that was the last poll.
    Perhaps,
    Yes,
}

impl Link {
    pub(crate) fn new(transport: Transport<BoxIo>, served: bool) -> Arc<Self> {
        let (outbox, counters) = (Arc::clone(&transport.outbox), transport.counters.clone());
        let state = State {
            transport: Some(transport),
            talking: false,
            attended: false,
            task: None,
            own: None,
            asked: false,
            asks: Asks::No,
            served,
            ended: None,
            at_end: false,
            handled: false,
        };
        Arc::new(Self { state: Mutex::new(state), outbox, counters })
    }

    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that a handler has the transport, until the result is dropped.
    pub(super) fn handled(&self) -> Handled<'_> {
        self.lock().handled = true;
        self.outbox.keep(true);
        Handled(self)
    }

    /// Records the total size of the copies of received bytes that the session keeps.
    pub(super) fn keeps(&self, copies: usize) {
        if let Some(transport) = &mut self.lock().transport {
            transport.copies = u32::try_from(copies).unwrap_or(u32::MAX);
        }
    }

    /// Ends the connection. Its task drops the conversation. Without a task the stream is dropped
    /// at once, so the peer sees its end.
    pub(crate) fn end(&self, why: CloseReason) {
        self.lock().end(why);
        self.end_without_task();
    }

    /// Drops the stream and closes the handles for pushing, if no task does so.
    pub(crate) fn end_without_task(&self) {
        let mut state = self.lock();
        if !state.served {
            let transport = state.transport.take();
            drop(state);
            self.outbox.end();
            drop(transport);
        }
    }

    /// Takes the transport at the end of the connection. Wakes a session that waits in another task,
    /// which finds that the connection has ended.
    pub(super) fn finish(&self) -> Option<Transport<BoxIo>> {
        let mut state = self.lock();
        let (transport, own) = (state.transport.take(), state.own.take());
        drop(state);
        if let Some(own) = own {
            own.waker.wake();
        }
        transport
    }

    /// Polls a conversation, and then the transport if the conversation has not polled it.
    pub(crate) fn poll_conversation<F>(&self, talking: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<CloseReason>
    where
        F: Future<Output = Result<(), Close>>,
    {
        let outdated = self.lock().begin_turn(cx);
        // Woken without the lock, because this may drop the session.
        if let Some(own) = outdated {
            own.waker.wake();
        }
        match catch_unwind(AssertUnwindSafe(|| talking.poll(cx))) {
            Ok(Poll::Ready(Ok(()))) => return Poll::Ready(self.over()),
            Ok(Poll::Ready(Err(close))) => return Poll::Ready(self.failed(close)),
            Err(_) => return Poll::Ready(CloseReason::Panic),
            Ok(Poll::Pending) => {}
        }
        let mut state = self.lock();
        state.talking = false;
        if let Some(why) = state.ended.take() {
            return Poll::Ready(why);
        }
        state.note_asks(cx);
        if state.attended {
            return Poll::Pending;
        }
        state.attend(&self.outbox, cx)
    }

    /// Returns the reason for the end of a connection after its conversation has returned.
    fn over(&self) -> CloseReason {
        let mut state = self.lock();
        match state.ended.take() {
            Some(why) => why,
            None if state.at_end => CloseReason::Eof,
            None if self.outbox.stage() >= Stage::Draining => CloseReason::Drain,
            None => CloseReason::Handler(Close::new()),
        }
    }

    /// Returns the reason for the end of a connection after its conversation has returned an error.
    /// That the connection itself has ended is not an error of the conversation. Once it has, or its
    /// stream was taken, or the server drains, the same error of another connection is not told apart
    /// from it.
    fn failed(&self, close: Close) -> CloseReason {
        let mut state = self.lock();
        if let Some(why) = state.ended.take() {
            return why;
        }
        if close.follows_an_end() {
            match self.outbox.stage() {
                _ if self.outbox.has_refused(&close) => return self.outbox.killed(),
                _ if state.at_end => return CloseReason::Eof,
                stage if stage >= Stage::Draining => return CloseReason::Drain,
                _ => {}
            }
        }
        match close.into_error().map(|error| error.downcast::<crate::Error>()) {
            None => CloseReason::Handler(Close::new()),
            Some(Err(error)) => CloseReason::Handler(error.into()),
            Some(Ok(error)) => match *error {
                crate::Error::Decode(error) => CloseReason::Malformed(error),
                error => CloseReason::Handler(error.into()),
            },
        }
    }
}

/// The time in which a handler has the transport.
pub(super) struct Handled<'l>(&'l Link);

impl Drop for Handled<'_> {
    fn drop(&mut self) {
        self.0.lock().handled = false;
        self.0.outbox.keep(false);
    }
}

impl State {
    pub(crate) fn end(&mut self, why: CloseReason) {
        self.ended.get_or_insert(why);
        self.wake_task();
    }

    /// Reports a failure while waiting for the peer. With a task this ends the connection, without
    /// a task it returns an error.
    pub(crate) fn fail<T>(&mut self, why: CloseReason) -> Poll<crate::Result<T>> {
        if self.served {
            self.end(why);
            return Poll::Pending;
        }
        Poll::Ready(Err(match why {
            CloseReason::Io(error) => crate::Error::Io(error),
            CloseReason::Timeout(_) => crate::Error::Timeout("the deadline of the session has passed"),
            _ => crate::Error::Closed,
        }))
    }

    /// Returns the waker for a poll of the transport by the session, if it is not the waker of the
    /// poll itself.
    pub(super) fn waker(&mut self, cx: &Context<'_>) -> Option<Waker> {
        if !self.served {
            return None;
        }
        if self.task.as_ref().is_some_and(|task| task.will_wake(cx.waker())) {
            self.own = None;
            return None;
        }
        if let Some(own) = self.own.as_ref().filter(|own| own.waker.will_wake(cx.waker())) {
            return Some(own.both.clone());
        }
        let waker = cx.waker().clone();
        // Without a task yet, its first turn wakes the session.
        let both = self.task.as_ref().map_or_else(|| waker.clone(), |task| both(&waker, task));
        self.own = Some(Box::new(Own { waker, both: both.clone(), waits: false }));
        Some(both)
    }

    /// Begins a turn of the connection's task. Returns the session's own waker if its waker for both
    /// is outdated, so that the session polls again.
    fn begin_turn(&mut self, cx: &Context<'_>) -> Option<Box<Own>> {
        (self.talking, self.attended) = (true, false);
        if self.task.as_ref().is_some_and(|task| task.will_wake(cx.waker())) {
            return None;
        }
        self.task = Some(cx.waker().clone());
        self.own.take()
    }

    /// Records that the session itself waits for the peer.
    pub(super) fn waits(&mut self) {
        self.attended = true;
        if let Some(own) = &mut self.own {
            own.waits = true;
        }
    }

    /// Records that the session has polled the transport and goes on. If another task polls it, it
    /// may wait for something else next, so that the task of the connection has to attend.
    pub(super) fn goes_on(&mut self) {
        let Some(own) = &mut self.own else { return };
        (own.waits, self.attended) = (false, false);
        if !self.talking {
            self.wake_task();
        }
    }

    /// Returns the transport, so that the session can change what is written. The task attends to
    /// it, unless the session polls the transport itself in the same turn.
    #[inline]
    pub(super) fn feeds(&mut self) -> Option<&mut Transport<BoxIo>> {
        self.attended = false;
        if !self.talking {
            self.wake_task();
        }
        self.transport.as_mut()
    }

    /// Wakes the connection's task, if there is one.
    #[cold]
    fn wake_task(&self) {
        if let Some(task) = &self.task {
            task.wake_by_ref();
        }
    }

    /// Records that a poll asks for a body. If no other poll follows, nothing tells that the body is
    /// not asked for any more.
    pub(crate) fn asks(&mut self) {
        self.asked = true;
    }

    /// Pauses the time limit of a body that is not asked for any more. A turn that has polled the
    /// body is followed by another one, which polls it again unless it was given up.
    fn note_asks(&mut self, cx: &Context<'_>) {
        self.asks = match (self.asks, std::mem::take(&mut self.asked)) {
            (Asks::No, false) => return,
            (Asks::Perhaps | Asks::Yes, false) => {
                if let Some(transport) = &mut self.transport {
                    transport.deadlines.pause_body();
                }
                Asks::No
            }
            (Asks::Perhaps, true) => Asks::Yes,
            (Asks::No | Asks::Yes, true) => {
                cx.waker().wake_by_ref();
                if let Some(own) = &self.own {
                    own.waker.wake_by_ref();
                }
                Asks::Perhaps
            }
        };
    }

    /// Writes pushed frames and detects events while the conversation waits for something else.
    fn attend(&mut self, outbox: &Outbox, cx: &mut Context<'_>) -> Poll<CloseReason> {
        if self.handled {
            return Poll::Pending;
        }
        let Some(transport) = &mut self.transport else {
            outbox.register(cx.waker().clone());
            return match outbox.stage() {
                Stage::Killed => Poll::Ready(outbox.killed()),
                _ => Poll::Pending,
            };
        };
        let polled = transport.poll_others(cx);
        // Events now wake only this task. A session that waits with another waker is woken once, so
        // that it polls the transport itself again.
        if let Some(own) = &mut self.own {
            if std::mem::take(&mut own.waits) {
                own.waker.wake_by_ref();
            }
        }
        let idle = transport.backlog() == 0 && transport.step == Step::None;
        if polled.is_pending() && outbox.stage() == Stage::Closing && idle {
            return Poll::Ready(CloseReason::Handler(Close::new()));
        }
        polled
    }
}
