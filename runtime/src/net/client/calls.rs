//! Many calls at a time over one connection, told apart by an id.

use std::collections::HashMap;
use std::fmt;
use std::future::poll_fn;
use std::hash::Hash;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::Client;
use super::halves::{Receiver, Sender};
use crate::error::{Error, Result};
use crate::frame::{Decode, Encode};
use crate::net::connection::outbox::{Ends, Outbox, Refused, Stage};
use crate::net::server::listener::NO_ADDRESS;

/// How many bytes of requests may wait to be written.
const OUTBOX: usize = 1024 * 1024;

/// How many frames may wait that are no replies.
const UNCLAIMED: usize = 1024;

impl<S, R> Client<S, R>
where
    S: Encode + 'static,
    R: for<'a> Decode<'a> + Send + 'static,
{
    /// Many calls at a time, for protocols whose replies carry the id of their request.
    ///
    /// `asked` gives the id of a request, `answered` that of a reply, or `None` for a frame
    /// that is no reply. Those, and replies nobody waits for, come out of [`Unclaimed`],
    /// which may be dropped if they are of no interest.
    ///
    /// Requests that are made at the same time are written together. The connection is served
    /// by a task of its own and closed when the last [`Calls`] is dropped.
    ///
    /// This is the client for servers that push frames of their own accord, too: `answered` is what tells them
    /// from replies. To find the server again, see [`Reconnecting`](crate::net::Reconnecting#with-pipelined-calls).
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Query { id: u32, #[len_prefixed] text: String }
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Answer { id: u32, #[len_prefixed] text: String }
    ///
    /// # async fn f() -> framewright::Result<()> {
    /// let client = Client::<Query, Answer>::connect("127.0.0.1:8888").await?;
    /// let (calls, _) = client.pipelined(|query| query.id, |answer| Some(answer.id));
    /// let (one, two) = (Query { id: 1, text: "one".into() }, Query { id: 2, text: "two".into() });
    /// let (one, two) = tokio::try_join!(calls.call(&one), calls.call(&two))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn pipelined<K: Eq + Hash + Send + 'static>(
        self,
        asked: impl Fn(&S) -> K + Send + Sync + 'static,
        answered: impl Fn(&R) -> Option<K> + Send + 'static,
    ) -> (Calls<S, R, K>, Unclaimed<R>) {
        let (time, (sender, receiver)) = (self.request_timeout(), self.split());
        let shared = Arc::new(Shared {
            outbox: Outbox::new(OUTBOX, Ends::new(NO_ADDRESS, NO_ADDRESS)),
            pending: Mutex::default(),
        });
        let (unclaimed, rest) = mpsc::channel(UNCLAIMED);
        let task = Task { sender, receiver, shared: Arc::clone(&shared), answered, unclaimed };
        tokio::spawn(task.run());
        let calls = Calls { open: Arc::new(Open { shared, asked: Box::new(asked) }), time };
        (calls, Unclaimed(rest))
    }
}

/// What the callers share with the task that serves the connection.
struct Shared<R, K> {
    outbox: Outbox,
    pending: Mutex<HashMap<K, oneshot::Sender<Result<R>>>>,
}

impl<R, K> Shared<R, K> {
    fn pending(&self) -> MutexGuard<'_, HashMap<K, oneshot::Sender<Result<R>>>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes calls over a connection it shares with its clones; see [`Client::pipelined`].
pub struct Calls<S, R, K> {
    open: Arc<Open<S, R, K>>,
    time: Option<Duration>,
}

/// Closes the connection when the last caller drops it.
struct Open<S, R, K> {
    shared: Arc<Shared<R, K>>,
    asked: Box<dyn Fn(&S) -> K + Send + Sync>,
}

impl<S, R, K> Drop for Open<S, R, K> {
    fn drop(&mut self) {
        self.shared.outbox.advance(Stage::Closing);
    }
}

impl<S: Encode, R, K: Eq + Hash + Clone> Calls<S, R, K> {
    /// Sends a request and waits for the reply that carries its id.
    ///
    /// # Errors
    /// [`Error::Encode`] for a request that cannot be put on the wire, [`Error::Decode`] if the server
    /// sends what is no frame before the reply is there, [`Error::Io`] if the connection breaks and
    /// [`Error::Closed`] if it ends, [`Error::Timeout`] if the reply is not there in time, and
    /// [`Error::Other`] if a call with the same id is pending.
    ///
    /// # Cancel safety
    /// Cancelled while it waits for room to be sent, the request is not sent. After that it is, and its
    /// reply comes out of [`Unclaimed`].
    pub async fn call(&self, request: &S) -> Result<R> {
        let late = || Error::Timeout("no reply to the request");
        match self.time {
            Some(time) => timeout(time, self.reply(request)).await.unwrap_or_else(|_| Err(late())),
            None => self.reply(request).await,
        }
    }

    /// Sends a frame that has no reply, in order with the requests of this caller. It waits for room, not
    /// for the network.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be put on the wire, [`Error::Closed`] if the connection has ended.
    ///
    /// # Cancel safety
    /// Cancelled, the frame is not sent.
    pub async fn send(&self, frame: &S) -> Result<()> {
        let outbox = &self.open.shared.outbox;
        loop {
            let room = outbox.room();
            match outbox.push(frame) {
                Err(Refused::Full) => room.await,
                pushed => return Ok(pushed?),
            }
        }
    }

    async fn reply(&self, request: &S) -> Result<R> {
        let shared = &self.open.shared;
        let id = (self.open.asked)(request);
        let (reply, waiting) = oneshot::channel();
        {
            let mut pending = shared.pending();
            if pending.contains_key(&id) {
                return Err(Error::other("a call with the same id is pending"));
            }
            pending.insert(id.clone(), reply);
        }
        // Whatever happens, the id is free again.
        let _pending = Pending { shared, id: &id };
        self.send(request).await?;
        waiting.await.unwrap_or(Err(Error::Closed))
    }
}

impl<S, R, K> Calls<S, R, K> {
    /// Whether the connection has ended, as far as is known: every call fails from then on.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.open.shared.outbox.stage() >= Stage::Ended
    }

    /// Waits until the connection has ended: for those who [connect anew](crate::net::Reconnecting#with-pipelined-calls).
    ///
    /// # Cancel safety
    /// Cancelled, nothing is lost.
    pub async fn closed(&self) {
        loop {
            // Asked for before looking, so that an end in between is heard of.
            let told = self.open.shared.outbox.room();
            if self.is_closed() {
                return;
            }
            told.await;
        }
    }
}

impl<S, R, K> Clone for Calls<S, R, K> {
    fn clone(&self) -> Self {
        Self { open: Arc::clone(&self.open), time: self.time }
    }
}

impl<S, R, K> fmt::Debug for Calls<S, R, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calls").field("pending", &self.open.shared.pending().len()).finish_non_exhaustive()
    }
}

/// A call that waits for its reply.
struct Pending<'a, R, K: Eq + Hash> {
    shared: &'a Shared<R, K>,
    id: &'a K,
}

impl<R, K: Eq + Hash> Drop for Pending<'_, R, K> {
    fn drop(&mut self) {
        self.shared.pending().remove(self.id);
    }
}

/// The frames of a pipelined connection that are no reply anyone waits for.
#[derive(Debug)]
pub struct Unclaimed<R>(mpsc::Receiver<R>);

impl<R> Unclaimed<R> {
    /// The next of them; `None` when the connection has ended. Up to 1024 wait here;
    /// those beyond are dropped.
    ///
    /// # Cancel safety
    /// Cancelled, nothing is lost.
    pub async fn recv(&mut self) -> Option<R> {
        self.0.recv().await
    }
}

/// Serves the connection.
struct Task<S, R, K, A> {
    sender: Sender<S>,
    receiver: Receiver<R>,
    shared: Arc<Shared<R, K>>,
    answered: A,
    unclaimed: mpsc::Sender<R>,
}

/// Nobody waits for a task that is no more, be it that its function panicked.
impl<S, R, K, A> Drop for Task<S, R, K, A> {
    fn drop(&mut self) {
        self.shared.outbox.end();
        self.shared.pending().clear();
    }
}

impl<S, R, K, A> Task<S, R, K, A>
where
    R: for<'a> Decode<'a>,
    K: Eq + Hash,
    A: Fn(&R) -> Option<K>,
{
    async fn run(mut self) {
        let mut registered = false;
        let ended = poll_fn(|cx| {
            if !registered {
                self.shared.outbox.register(cx.waker().clone());
                registered = true;
            }
            self.poll(cx)
        })
        .await;
        let ended = ended.err().unwrap_or(Error::Closed);
        if !matches!(ended, Error::Closed) {
            tracing::warn!("the connection of pipelined calls ended: {ended}");
        }
        self.shared.outbox.end();
        for (_, waiting) in self.shared.pending().drain() {
            // Who has stopped waiting need not be told.
            let _ = waiting.send(Err(again(&ended)));
        }
        // The server learns at once that nothing more will come.
        let _ = pin!(self.sender.close()).await;
    }

    /// Writes requests and hands out replies until the connection is done with.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        loop {
            let written = self.poll_write(cx)?.is_ready();
            match self.receiver.poll_recv(cx)? {
                Poll::Ready(Some(reply)) => self.hand_out(reply),
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Pending if written && self.shared.outbox.stage() >= Stage::Closing => {
                    return Poll::Ready(Ok(()));
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        loop {
            if self.sender.poll_flush(cx)?.is_pending() {
                return Poll::Pending;
            }
            self.shared.outbox.written(0);
            match self.shared.outbox.take() {
                Some(requests) => self.sender.feed_encoded(requests),
                None => return Poll::Ready(Ok(())),
            }
        }
    }

    fn hand_out(&self, reply: R) {
        let waiting = (self.answered)(&reply).and_then(|id| self.shared.pending().remove(&id));
        let unclaimed = match waiting {
            Some(waiting) => waiting.send(Ok(reply)).err().and_then(Result::ok),
            None => Some(reply),
        };
        if let Some(Err(mpsc::error::TrySendError::Full(_))) =
            unclaimed.map(|frame| self.unclaimed.try_send(frame))
        {
            tracing::warn!("dropped a frame that is no reply: {UNCLAIMED} wait already");
        }
    }
}

/// The end of a connection, to be told once more.
fn again(ended: &Error) -> Error {
    match ended {
        Error::Decode(error) => Error::Decode(error.clone()),
        Error::Io(error) => Error::Io(error.kind().into()),
        _ => Error::Closed,
    }
}
