//! The task that serves a connection with calls.

use std::future::{Future, poll_fn};
use std::hash::Hash;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Sleep, sleep, timeout};

use super::unclaimed::Feed;
use super::waiting::{Caller, Sorting, Ticket, Waiting};
use crate::error::{Error, Result};
use crate::frame::{Decode, Encode};
use crate::net::client::Client;
use crate::net::client::halves::{Receiver, Sender};
use crate::net::connection::outbox::{Ends, Outbox, Refused, Stage};
use crate::net::server::listener::NO_ADDRESS;

/// The maximum number of bytes of requests that wait to be written.
const OUTBOX: usize = 1024 * 1024;

/// The maximum number of calls that wait for replies in order.
const PLACES: usize = 1024;

/// The time limit for closing the connection.
const CLOSING: Duration = Duration::from_secs(1);

/// How long the server may take nothing of the remaining requests when nobody can call any more.
const STUCK: Duration = Duration::from_secs(10);

/// How long the server may take for what the stream holds back, as TLS does. It is unknown whether
/// the server takes any of it.
const HELD_BACK: Duration = Duration::from_secs(60);

/// The state shared by callers and the task of their connection.
pub(super) struct Link<R, K> {
    pub(super) outbox: Outbox,
    waiting: Mutex<Waiting<R, K>>,
    pub(super) places: Arc<Semaphore>,
}

impl<R, K> Link<R, K> {
    /// Creates the state for a client that has made calls of its own before.
    pub(super) fn new<S>(client: &Client<S, R>, sorting: &Sorting<R, K>) -> Arc<Self> {
        Arc::new(Self {
            outbox: Outbox::new(OUTBOX, Ends::new(NO_ADDRESS, NO_ADDRESS)),
            waiting: Mutex::new(Waiting::after(sorting.first_of(client.owed))),
            places: Arc::new(Semaphore::new(PLACES)),
        })
    }

    pub(super) fn waiting(&self) -> MutexGuard<'_, Waiting<R, K>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.outbox.stage() >= Stage::Ended
    }

    /// Waits until the connection has ended.
    pub(super) async fn ended(&self) {
        loop {
            // Register for a wake-up before the check, so that an end between the two is not
            // missed.
            let told = self.outbox.room();
            if self.has_ended() {
                return;
            }
            told.await;
        }
    }
}

impl<R, K: Eq + Hash + Clone> Link<R, K> {
    /// Sends a request and registers its caller for the reply. Both happen under one lock, so that
    /// requests and callers have the same order. If the outbox is full, returns the caller and the
    /// ticket for another attempt.
    pub(super) fn ask<S: Encode>(
        &self,
        request: &S,
        caller: Caller<R>,
        ticket: Ticket<K>,
    ) -> Result<Option<(Caller<R>, Ticket<K>)>> {
        let mut waiting = self.waiting();
        let mut entered = Entered { id: Some(waiting.enter(caller, ticket)?), waiting: &mut waiting };
        match self.outbox.push(request) {
            Ok(()) => {
                entered.id = None;
                Ok(None)
            }
            Err(Refused::Full) => Ok(entered.leave()),
            Err(refused) => Err(refused.into()),
        }
    }
}

/// A registered call. Dropping it removes the call from `waiting`, unless the request was queued,
/// so the call is also removed if the encoder panics. A registered call without a request would
/// receive the reply to another request.
struct Entered<'w, R, K: Eq + Hash> {
    waiting: &'w mut Waiting<R, K>,
    id: Option<Option<K>>,
}

impl<R, K: Eq + Hash> Entered<'_, R, K> {
    fn leave(&mut self) -> Option<(Caller<R>, Ticket<K>)> {
        self.waiting.leave(self.id.take()?)
    }
}

impl<R, K: Eq + Hash> Drop for Entered<'_, R, K> {
    fn drop(&mut self) {
        drop(self.leave());
    }
}

/// The task that serves a connection.
pub(super) struct Task<'t, S, R, K> {
    sender: Sender<S>,
    receiver: Receiver<R>,
    link: Arc<Link<R, K>>,
    sorting: &'t mut Sorting<R, K>,
    unclaimed: &'t Feed<R>,
    /// How long to wait for the reply to a call whose caller has given up.
    patience: Option<Duration>,
    /// If the caller of the oldest call in order has given up: the number of the call, and the
    /// timer for its reply.
    given_up: Option<(u64, Pin<Box<Sleep>>)>,
    /// If nobody can call any more and the server does not read: the number of unwritten bytes, and
    /// the timer for the next write.
    stuck: Option<(usize, Pin<Box<Sleep>>)>,
}

/// Wakes all callers when the task ends, even if it panics.
impl<S, R, K> Drop for Task<'_, S, R, K> {
    fn drop(&mut self) {
        self.link.outbox.end();
        self.link.places.close();
        drop(self.link.waiting().drain());
    }
}

impl<'t, S, R, K> Task<'t, S, R, K>
where
    R: for<'a> Decode<'a>,
    K: Eq + Hash,
{
    pub(super) fn new(
        client: Client<S, R>,
        link: Arc<Link<R, K>>,
        sorting: &'t mut Sorting<R, K>,
        unclaimed: &'t Feed<R>,
    ) -> Self {
        let (patience, (sender, receiver)) = (client.request_timeout(), client.split());
        Self { sender, receiver, link, sorting, unclaimed, patience, given_up: None, stuck: None }
    }

    /// Serves the connection to its end, and reports the end to all waiting callers.
    pub(super) async fn run(mut self) {
        let mut registered = false;
        let ended = poll_fn(|cx| {
            if !registered {
                self.link.outbox.register(cx.waker().clone());
                registered = true;
            }
            self.poll(cx)
        })
        .await;
        let ended = ended.err().unwrap_or(Error::Closed);
        if !matches!(ended, Error::Closed) {
            tracing::warn!("the connection of calls ended: {ended}");
        }
        self.link.outbox.end();
        self.link.places.close();
        let waiting = self.link.waiting().drain();
        for caller in waiting {
            // The caller may have stopped waiting.
            let _ = caller.send(Err(again(&ended)));
        }
        // The connection is closed at once, so that the server sees the end. After an error nothing
        // more is written, because the server may not be reading.
        if matches!(ended, Error::Closed) {
            let _ = timeout(CLOSING, self.sender.close()).await;
        }
    }

    /// Writes requests and delivers replies until the connection ends.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        loop {
            let written = self.poll_write(cx)?.is_ready();
            let unused = self.link.outbox.stage() >= Stage::Closing;
            if unused && !written && self.poll_stuck(cx).is_ready() {
                return Poll::Ready(Err(Error::Timeout("the server does not read the last requests")));
            }
            let closing = unused && written;
            if self.unclaimed.poll_ready(cx).is_pending() {
                // Nothing is read while `unclaimed` is full. The missing reply may have arrived
                // already, so its timer starts again later.
                self.given_up = None;
                return if closing { Poll::Ready(Ok(())) } else { Poll::Pending };
            }
            match self.receiver.poll_recv_measured(cx)? {
                Poll::Ready(Some((frame, len))) => {
                    let sorted = self.sorting.sort(&frame);
                    self.link.waiting().hand_out((frame, len), sorted, self.unclaimed)?;
                }
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Pending if closing => return Poll::Ready(Ok(())),
                Poll::Pending => return self.poll_given_up(cx),
            }
        }
    }

    /// Fails if the caller of the oldest call in order has given up and the reply does not arrive
    /// in time. All later replies wait for that reply.
    fn poll_given_up(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let Some(patience) = self.patience else { return Poll::Pending };
        let Poll::Ready(place) = self.link.waiting().poll_given_up(cx) else {
            self.given_up = None;
            return Poll::Pending;
        };
        let timer = match &mut self.given_up {
            Some((waits, timer)) if *waits == place => timer,
            given_up => &mut given_up.insert((place, Box::pin(sleep(patience)))).1,
        };
        timer.as_mut().poll(cx).map(|()| Err(Error::Timeout("no reply to a request that was given up")))
    }

    /// Resolves when the server has taken nothing for a while.
    fn poll_stuck(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let unsent = self.sender.unsent();
        let time = if unsent == 0 { HELD_BACK } else { STUCK };
        let timer = match &mut self.stuck {
            Some((before, timer)) if *before == unsent => timer,
            stuck => &mut stuck.insert((unsent, Box::pin(sleep(time)))).1,
        };
        timer.as_mut().poll(cx)
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        loop {
            if self.sender.poll_flush(cx)?.is_pending() {
                return Poll::Pending;
            }
            self.stuck = None;
            self.link.outbox.written(0);
            match self.link.outbox.take() {
                Some(requests) => self.sender.feed_encoded(requests),
                None => return Poll::Ready(Ok(())),
            }
        }
    }
}

/// Returns a copy of the error that ended a connection. [`Error::Other`] means to callers that
/// nothing was sent, so the text of such an error becomes that of an [`Error::Io`].
fn again(ended: &Error) -> Error {
    match ended {
        Error::Decode(error) => Error::Decode(error.clone()),
        Error::Io(error) => Error::Io(match error.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(error.kind(), error.to_string()),
        }),
        Error::Other(error) => Error::Io(io::Error::other(error.to_string())),
        Error::Timeout(what) => Error::Timeout(what),
        _ => Error::Closed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_learn_what_ended_the_connection() {
        let reset = io::ErrorKind::ConnectionReset;
        let code = (1..200).find(|code| io::Error::from_raw_os_error(*code).kind() == reset).unwrap();
        let Error::Io(error) = again(&io::Error::from_raw_os_error(code).into()) else { panic!() };
        assert_eq!(error.raw_os_error(), Some(code));
        let invalid = io::Error::new(io::ErrorKind::InvalidData, "the certificate is too old");
        let Error::Io(error) = again(&invalid.into()) else { panic!() };
        assert_eq!(
            (error.kind(), &*error.to_string()),
            (io::ErrorKind::InvalidData, "the certificate is too old")
        );
        let Error::Io(error) = again(&Error::other("a reply is too long")) else { panic!() };
        assert_eq!(error.to_string(), "a reply is too long");
        assert!(matches!(again(&Error::Closed), Error::Closed));
    }
}
