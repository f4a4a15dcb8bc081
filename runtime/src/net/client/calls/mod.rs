//! Calls of many tasks over one connection.

mod task;
mod unclaimed;
mod waiting;

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use self::task::{Link, Task};
pub use self::unclaimed::Unclaimed;
pub use self::waiting::Part;
use self::waiting::{Reply, Sorting, Ticket};
use super::Client;
use super::reconnect::Reconnecting;
use crate::error::{Error, Result};
use crate::frame::{Decode, Encode};
use crate::net::connection::outbox::{Refused, Stage};

impl<S, R> Client<S, R>
where
    S: Encode + 'static,
    R: for<'a> Decode<'a> + Send + 'static,
{
    /// Starts concurrent calls, for protocols whose replies carry the id of their request.
    ///
    /// `asked` returns the id of a request. `answered` returns the id of a reply, or `None` for a
    /// frame that is not a reply. Such frames, and replies that nobody waits for, go to
    /// [`Unclaimed`], which may be dropped if they are not needed. An `Unclaimed` drops frames when
    /// it is full. If no frame may be lost, read from [`Unclaimed::blocking`] in a separate task.
    ///
    /// Requests made at the same time are written together. The connection is served by its own
    /// task. It is closed when the last [`Calls`] is dropped and the requests are written, or when
    /// the server has then taken nothing for 10 s. Over TLS it is unknown how much the server has
    /// taken: it has a minute for the last 64 KiB, however steadily it reads.
    ///
    /// A late reply to a [`call`](Self::call) that was given up before goes to [`Unclaimed`], unless
    /// a pending call has its id. So do not use the id of such a call again.
    ///
    /// A request that the server refuses as malformed, for example because it exceeds the server's
    /// [`Limits::frame`](crate::net::Limits::frame), closes the connection, and all pending calls
    /// fail. With `#[frame(max = ..)]` on the type of the request, only the call with the large
    /// request fails, with [`Error::Encode`].
    ///
    /// Use this client also for servers that push frames: `answered` distinguishes them from
    /// replies. If replies carry no id but come in order, use [`in_order`](Self::in_order). For
    /// reconnecting, see [`Reconnecting::pipelined`].
    ///
    /// The number of pending calls is not limited. To limit it, acquire a permit of a
    /// `tokio::sync::Semaphore` before each call. The timeout of a call does not include that wait:
    /// pass the time that is left to [`call_within`](Calls::call_within).
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
    ///
    /// # Panics
    /// Panics outside a tokio runtime.
    pub fn pipelined<K: Eq + Hash + Send + 'static>(
        self,
        asked: impl Fn(&S) -> K + Send + Sync + 'static,
        answered: impl Fn(&R) -> Option<K> + Send + 'static,
    ) -> (Calls<S, R, K>, Unclaimed<R>) {
        self.serve_calls(Some(Box::new(asked)), Sorting::ById(Box::new(answered)))
    }

    /// Starts concurrent calls, for protocols that answer requests in order: Redis, SMTP,
    /// memcached. If the server also pushes frames, their content must distinguish them from
    /// replies.
    ///
    /// For each received frame, `part` returns whether it is the [last](Part::Last) frame of a
    /// reply, whether [more](Part::More) frames of that reply follow, or whether it is [not a
    /// reply](Part::Push). Pushed frames go to [`Unclaimed`], which may be dropped if they are not
    /// needed.
    ///
    /// Requests made at the same time are written together. The connection is served by its own
    /// task. It is closed when the last [`Calls`] is dropped and the requests are written, or when
    /// the server has then taken nothing for 10 s. Over TLS it is unknown how much the server has
    /// taken: it has a minute for the last 64 KiB, however steadily it reads.
    /// At most 1,024 calls wait for their replies; further calls wait to be sent. A call that is dropped or timed out keeps its position in the
    /// order, and its reply is dropped. The same holds for a [`call`](Self::call) of the client
    /// before. If the reply does not arrive within another
    /// [`request_timeout`](crate::ClientOptions::request_timeout), the connection is considered
    /// broken.
    ///
    /// ```
    /// use framewright::net::Part;
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// struct Line { #[until(b"\r\n")] text: String }
    ///
    /// # async fn f() -> framewright::Result<()> {
    /// let client = Client::<Line>::connect("127.0.0.1:25").await?;
    /// // As in SMTP: a line with a dash after its number is not the last.
    /// let part = |line: &Line| if line.text.get(3..4) == Some("-") { Part::More } else { Part::Last };
    /// let (calls, _) = client.in_order(part);
    /// for line in calls.call_all(&Line { text: "EHLO localhost".into() }).await? {
    ///     println!("{}", line.text);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// Panics outside a tokio runtime.
    pub fn in_order(self, part: impl Fn(&R) -> Part + Send + 'static) -> (Calls<S, R>, Unclaimed<R>) {
        self.serve_calls(None, Sorting::InOrder(Box::new(part)))
    }

    fn serve_calls<K: Eq + Hash + Send + 'static>(
        self,
        asked: Option<Asked<S, K>>,
        sorting: Sorting<R, K>,
    ) -> (Calls<S, R, K>, Unclaimed<R>) {
        let (time, link) = (self.request_timeout(), Link::new(&self, &sorting));
        let (feed, unclaimed) = Unclaimed::new();
        let serving = Arc::clone(&link);
        tokio::spawn(async move {
            let mut sorting = sorting;
            Task::new(self, serving, &mut sorting, &feed).run().await;
        });
        (Calls { open: Arc::new(Open { links: Links::One(link), asked }), time }, unclaimed)
    }
}

impl<S, R> Reconnecting<S, R>
where
    S: Encode + 'static,
    R: for<'a> Decode<'a> + Send + 'static,
{
    /// Same as [`Client::pipelined`], but reconnecting whenever the connection is lost.
    ///
    /// The first connection is made at once. When a connection is lost, the next one is made even
    /// if no call waits for it. The waits of the [`Backoff`](crate::net::Backoff) count from the
    /// end of the last attempt, whether it failed or not. So a connection that lasted longer than
    /// the current wait is replaced at once. The waits grow with each attempt, and start again from
    /// the shortest as described for [`take`](Self::take).
    ///
    /// [`Unclaimed`] lasts as long as the [`Calls`]: the frames of a new connection follow the
    /// frames of the previous one.
    ///
    /// When a connection is lost, pending calls fail with the error that ended the connection: a
    /// request that may have reached the server is never sent again. Calls made without a
    /// connection wait for the next one, within their timeout. [`opening`](Self::opening) sets what
    /// each new connection does first, for example a login or subscriptions.
    ///
    /// To learn of each new connection, use `opening` with a closure that reports the connection
    /// and returns the session. At that time all frames received from earlier connections are in
    /// [`Unclaimed`], and may be unread. Frames of the new connection follow them.
    ///
    /// Servers close silent connections: a server of this crate does so if the first frame does not
    /// arrive within 10 s, and after 5 minutes without any frame. For clients that only listen,
    /// raise [`Limits::first_frame_time`](crate::net::Limits::first_frame_time) and
    /// [`Limits::idle`](crate::net::Limits::idle) on the server, or send a frame regularly.
    ///
    /// # Panics
    /// Panics outside a tokio runtime.
    pub fn pipelined<K: Eq + Hash + Send + 'static>(
        self,
        asked: impl Fn(&S) -> K + Send + Sync + 'static,
        answered: impl Fn(&R) -> Option<K> + Send + 'static,
    ) -> (Calls<S, R, K>, Unclaimed<R>) {
        self.keep_calls(Some(Box::new(asked)), Sorting::ById(Box::new(answered)))
    }

    /// Same as [`Client::in_order`], but reconnecting like [`pipelined`](Self::pipelined).
    ///
    /// # Panics
    /// Panics outside a tokio runtime.
    pub fn in_order(self, part: impl Fn(&R) -> Part + Send + 'static) -> (Calls<S, R>, Unclaimed<R>) {
        self.keep_calls(None, Sorting::InOrder(Box::new(part)))
    }

    fn keep_calls<K: Eq + Hash + Send + 'static>(
        mut self,
        asked: Option<Asked<S, K>>,
        mut sorting: Sorting<R, K>,
    ) -> (Calls<S, R, K>, Unclaimed<R>) {
        let time = self.request_timeout();
        let (feed, unclaimed) = Unclaimed::new();
        let (current, links) = watch::channel(None);
        tokio::spawn(async move {
            loop {
                let client = tokio::select! {
                    biased;
                    () = current.closed() => return,
                    client = self.take() => client,
                };
                let link = Link::new(&client, &sorting);
                current.send_replace(Some(Arc::clone(&link)));
                let closing = Arc::clone(&link);
                let nobody_calls = async {
                    current.closed().await;
                    closing.outbox.advance(Stage::Closing);
                    std::future::pending::<()>().await;
                };
                tokio::select! {
                    () = Task::new(client, link, &mut sorting, &feed).run() => {}
                    () = nobody_calls => {}
                }
                current.send_replace(None);
            }
        });
        (Calls { open: Arc::new(Open { links: Links::Many(links), asked }), time }, unclaimed)
    }
}

/// Texts of [`Error::Timeout`].
pub(super) const NO_CONNECTION: &str = "there was no connection to the server; nothing was sent";
pub(super) const NO_REPLY: &str = "no reply to the request";

/// The function that returns the id of a request.
type Asked<S, K> = Box<dyn Fn(&S) -> K + Send + Sync>;

/// Makes calls over a connection that it shares with its clones; see [`Client::pipelined`] and
/// [`Client::in_order`].
///
/// Requests are sent in the order in which they enter the out-buffer. Replies go directly to their
/// callers, and other frames go to [`Unclaimed`]; see there for the order between them.
pub struct Calls<S, R, K = ()> {
    open: Arc<Open<S, R, K>>,
    time: Option<Duration>,
}

/// The state shared by all clones of a [`Calls`]. It closes the connection when it is dropped.
struct Open<S, R, K> {
    links: Links<R, K>,
    /// The function that returns the id of a request; `None` if replies carry no id.
    asked: Option<Asked<S, K>>,
}

/// The connection over which calls are made.
enum Links<R, K> {
    One(Arc<Link<R, K>>),
    /// The current connection of a client that reconnects.
    Many(watch::Receiver<Option<Arc<Link<R, K>>>>),
}

impl<S, R, K> Drop for Open<S, R, K> {
    fn drop(&mut self) {
        if let Links::One(link) = &self.links {
            link.outbox.advance(Stage::Closing);
        }
    }
}

impl<R, K> Links<R, K> {
    /// Returns the current connection, or waits for the next one.
    async fn connected(&self) -> Result<Arc<Link<R, K>>> {
        match self {
            Self::One(link) => Ok(Arc::clone(link)),
            Self::Many(links) => {
                let mut links = links.clone();
                let is_there =
                    |link: &Option<Arc<Link<R, K>>>| link.as_ref().is_some_and(|link| !link.has_ended());
                let found = links.wait_for(is_there).await.map_err(|_| Error::Closed)?;
                found.clone().ok_or(Error::Closed)
            }
        }
    }

    /// Returns the current connection, which may have ended.
    fn current(&self) -> Option<Arc<Link<R, K>>> {
        match self {
            Self::One(link) => Some(Arc::clone(link)),
            Self::Many(links) => links.borrow().clone(),
        }
    }
}

impl<S: Encode, R, K: Eq + Hash + Clone> Calls<S, R, K> {
    /// Sends a request and waits for its reply. If the reply has several frames, returns the last
    /// one.
    ///
    /// # Errors
    /// [`Error::Encode`] for a request that cannot be encoded, [`Error::Decode`] if the server
    /// sends malformed bytes before the reply, [`Error::Io`] if the connection breaks or a reply has
    /// more than 1,025 frames, [`Error::Closed`] if the connection ends, [`Error::Timeout`] if the
    /// reply does not arrive within
    /// [`ClientOptions::request_timeout`](crate::ClientOptions::request_timeout), and
    /// [`Error::Other`] if a call with the same id is pending. With
    /// [reconnecting](Reconnecting::pipelined), the error is also [`Error::Timeout`] if the client
    /// had no connection in that time. The text of the error then says that nothing was sent. After
    /// `Decode`, `Io` and `Closed` the connection has ended. A client that reconnects may repeat
    /// the call, if the request may be executed twice.
    ///
    /// Nothing was sent after `Encode`, after `Other`, and after a `Timeout` with that text. The
    /// text is the only difference between the two timeouts. After any other error, the request may
    /// have been sent or not.
    ///
    /// After any other `Timeout`, if the request was sent, its id stays in use until the late reply
    /// arrives or the connection ends. So do not repeat the call with the same id. If ids come from
    /// a counter that wraps around, it needs more values than calls that can be pending or given up
    /// on one connection. Until then, each call that was given up takes about the memory of its id
    /// and of an `R`; its request is not kept.
    ///
    /// # Cancel safety
    /// If cancelled while it waits for room in the out-buffer, the request is not sent. If
    /// cancelled later, the request is sent, its id stays in use until the reply arrives or the
    /// connection ends, and the reply goes to [`Unclaimed`]. A reply that has already arrived is
    /// dropped. With replies in order, the call keeps its position in the order, and its reply is
    /// dropped.
    pub async fn call(&self, request: &S) -> Result<R> {
        self.answer(request, self.time).await.map(|reply| reply.last)
    }

    /// Like [`call`](Self::call), with its own timeout.
    ///
    /// # Errors
    /// Same as [`call`](Self::call).
    ///
    /// # Cancel safety
    /// Same as [`call`](Self::call).
    pub async fn call_within(&self, request: &S, time: Duration) -> Result<R> {
        self.answer(request, Some(time)).await.map(|reply| reply.last)
    }

    /// Like [`call`](Self::call), but returns all frames of the reply, at most 1,025.
    ///
    /// # Errors
    /// Same as [`call`](Self::call).
    ///
    /// # Cancel safety
    /// Same as [`call`](Self::call).
    pub async fn call_all(&self, request: &S) -> Result<Vec<R>> {
        let Reply { mut before, last } = self.answer(request, self.time).await?;
        before.push(last);
        Ok(before)
    }

    /// Sends a frame that has no reply, in order with the requests of this caller. Waits for room
    /// in the out-buffer, but not until the frame is written.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be encoded, [`Error::Closed`] if the connection
    /// has ended.
    ///
    /// # Cancel safety
    /// If cancelled, the frame is not sent.
    pub async fn send(&self, frame: &S) -> Result<()> {
        let link = self.open.links.connected().await?;
        loop {
            let room = link.outbox.room();
            match link.outbox.push(frame) {
                Err(Refused::Full) => room.await,
                pushed => return Ok(pushed?),
            }
        }
    }

    async fn answer(&self, request: &S, time: Option<Duration>) -> Result<Reply<R>> {
        let mut missing = NO_CONNECTION;
        let exchange = self.exchange(request, &mut missing);
        let answered = match time {
            Some(time) => timeout(time, exchange).await,
            None => Ok(exchange.await),
        };
        answered.unwrap_or(Err(Error::Timeout(missing)))
    }

    /// Sends a request and waits for its reply. Updates `missing`, the text that a timeout reports,
    /// once it has a connection.
    async fn exchange(&self, request: &S, missing: &mut &'static str) -> Result<Reply<R>> {
        let link = self.open.links.connected().await?;
        *missing = NO_REPLY;
        let (mut caller, reply) = oneshot::channel();
        let mut ticket = match &self.open.asked {
            Some(asked) => Ticket::Id(asked(request)),
            None => {
                let places = Arc::clone(&link.places);
                Ticket::Place(places.acquire_owned().await.map_err(|_| Error::Closed)?)
            }
        };
        loop {
            let room = link.outbox.room();
            match link.ask(request, caller, ticket)? {
                Some(again) => (caller, ticket) = again,
                None => break,
            }
            room.await;
        }
        reply.await.unwrap_or(Err(Error::Closed))
    }
}

impl<S, R, K> Calls<S, R, K> {
    /// Returns `true` if the connection is known to have ended, so that every call fails. With
    /// [reconnecting](Reconnecting::pipelined), returns `true` while the client has no connection,
    /// so that calls wait for the next one.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.open.links.current().is_none_or(|link| link.has_ended())
    }

    /// Waits until the connection has ended, for callers that reconnect by themselves.
    ///
    /// # Cancel safety
    /// If cancelled, nothing is lost.
    pub async fn closed(&self) {
        if let Some(link) = self.open.links.current() {
            link.ended().await;
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
        let pending = self.open.links.current().map_or(0, |link| link.waiting().len());
        f.debug_struct("Calls").field("pending", &pending).finish_non_exhaustive()
    }
}
