//! A client that reconnects.

#[cfg(test)]
mod tests;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use tokio::net::ToSocketAddrs;
use tokio::time::{Instant, sleep_until, timeout};

use super::Client;
use super::calls::{NO_CONNECTION, NO_REPLY};
use crate::error::{Error, Result};
use crate::frame::{Decode, Encode, Layout};
use crate::net::session::Session;
use crate::options::ClientOptions;

/// The time to wait before the next attempt to connect. It grows with each failure and has a random
/// part, so that the clients of a restarted server do not all reconnect at the same moment.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
}

impl Backoff {
    /// Creates a backoff that starts with 100 ms and doubles up to 10 s.
    #[must_use]
    pub fn new() -> Self {
        Self { first: Duration::from_millis(100), longest: Duration::from_secs(10) }
    }

    /// Sets the wait after the first failure.
    #[must_use]
    pub fn first(mut self, time: Duration) -> Self {
        self.first = time;
        self
    }

    /// Sets the longest wait, without the random part. The random part is at most as long again.
    ///
    /// A call fails if no connection is made within its timeout, even if the server is back but the
    /// client still waits. So choose less than half of [`ClientOptions::request_timeout`].
    #[must_use]
    pub fn longest(mut self, time: Duration) -> Self {
        self.longest = time;
        self
    }

    fn delays(&self) -> backon::ExponentialBackoff {
        ExponentialBuilder::new()
            .with_min_delay(self.first)
            .with_max_delay(self.longest.max(self.first))
            .with_jitter()
            .without_max_times()
            .build()
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

type Connecting<S, R> = Pin<Box<dyn Future<Output = Result<Client<S, R>>> + Send>>;

/// A client that connects when it is first used, and reconnects when the connection is lost; see
/// [`Client::reconnecting`]. With [`pipelined`](Self::pipelined) and [`in_order`](Self::in_order)
/// it connects at once.
///
/// # With calls of many tasks
///
/// [`pipelined`](Self::pipelined) and [`in_order`](Self::in_order) give
/// [`Calls`](crate::net::Calls) that reconnect. [`opening`](Self::opening) sets what each new
/// connection does first, for example a login:
///
/// ```
/// use framewright::net::Backoff;
/// use framewright::prelude::*;
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Login { #[len_prefixed(u8)] name: String }
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Granted { id: u32 }
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
/// let server = Client::<Query, Answer>::reconnecting("127.0.0.1:8888", Backoff::new());
/// let server = server.opening(async |mut s: Session| -> framewright::Result<Session> {
///     let _: Granted = s.call(&Login { name: "me".into() }).await?;
///     Ok(s)
/// });
/// let (calls, _) = server.pipelined(|query| query.id, |answer| Some(answer.id));
/// let answer = calls.call(&Query { id: 1, text: "one".into() }).await?;
/// # Ok(())
/// # }
/// ```
///
/// To subscribe again on each new connection, send the subscriptions without waiting for their
/// replies. The replies go to [`Unclaimed`](crate::net::Unclaimed), in order with the frames that
/// the server pushes. The ids of subscriptions must differ from the ids of calls:
///
/// ```
/// # use framewright::net::Backoff;
/// # use framewright::prelude::*;
/// # #[derive(Frame)]
/// # #[frame(be)]
/// # struct Query { id: u32, #[len_prefixed] text: String }
/// # async fn f(topics: Vec<String>) -> framewright::Result<()> {
/// let server = Client::<Query>::reconnecting("127.0.0.1:8888", Backoff::new());
/// let server = server.opening(async move |mut s: Session| -> framewright::Result<Session> {
///     for text in topics {
///         s.feed(&Query { id: 0, text })?;
///     }
///     s.flush().await?;
///     Ok(s)
/// });
/// let (calls, news) = server.pipelined(|query| query.id, |answer| Some(answer.id).filter(|id| *id > 0));
/// # let _ = (calls, news);
/// # Ok(())
/// # }
/// ```
pub struct Reconnecting<S, R = S> {
    connect: Box<dyn Fn() -> Connecting<S, R> + Send + Sync>,
    backoff: Backoff,
    delays: backon::ExponentialBackoff,
    /// The time of the next attempt.
    not_before: Option<Instant>,
    /// The wait after the current connection, which was drawn for the attempt that made it.
    drawn: Option<Duration>,
    client: Option<Client<S, R>>,
    request_timeout: Option<Duration>,
}

/// An attempt to connect. When it ends, even if its future is dropped, the next attempt has to wait.
struct Attempt<'a> {
    not_before: &'a mut Option<Instant>,
    wait: Duration,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        *self.not_before = Some(after(self.wait));
    }
}

/// Returns the time after this wait. A wait that no clock can measure ends in 30 years.
fn after(wait: Duration) -> Instant {
    const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);
    Instant::now() + wait.min(LONGEST)
}

impl<S: 'static, R: Layout + 'static> Client<S, R> {
    /// Creates a client that connects when it is first used, and reconnects whenever the connection
    /// is lost. It waits between attempts according to `backoff`.
    ///
    /// ```no_run
    /// use framewright::net::Backoff;
    /// use framewright::prelude::*;
    /// # #[derive(Frame)]
    /// # #[frame(be)]
    /// # struct Text { #[len_prefixed] text: String }
    /// # async fn f() -> framewright::Result<()> {
    /// let mut client = Client::<Text>::reconnecting("127.0.0.1:8888", Backoff::new());
    /// let reply = client.call(&Text { text: "hello".into() }).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn reconnecting<A>(address: A, backoff: Backoff) -> Reconnecting<S, R>
    where
        A: ToSocketAddrs + fmt::Debug + Clone + Send + Sync + 'static,
    {
        Self::reconnecting_with(address, backoff, ClientOptions::new())
    }

    /// Like [`reconnecting`](Self::reconnecting), with custom timeouts and limits. Each attempt to
    /// connect takes at most [`ClientOptions::connect_timeout`], by default 10 s.
    pub fn reconnecting_with<A>(address: A, backoff: Backoff, options: ClientOptions) -> Reconnecting<S, R>
    where
        A: ToSocketAddrs + fmt::Debug + Clone + Send + Sync + 'static,
    {
        let request_timeout = options.request_timeout;
        let connect = move || -> Connecting<S, R> {
            let (address, options) = (address.clone(), options.clone());
            Box::pin(async move { Self::connect_with(address, options).await })
        };
        Reconnecting::by(Box::new(connect), backoff, request_timeout)
    }
}

impl<S: 'static, R: 'static> Reconnecting<S, R> {
    /// Runs this conversation, for example a login, on each new connection before the connection is
    /// used. If the conversation fails, the connection is closed, and the next attempt is made as
    /// after any other failure.
    ///
    /// The conversation takes the [`Session`] and returns it: `async |mut s: Session| ->
    /// framewright::Result<Session>`. The conversation may take at most
    /// [`ClientOptions::request_timeout`].
    #[must_use]
    pub fn opening<F, Fut>(mut self, conversation: F) -> Self
    where
        F: FnOnce(Session) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Session>> + Send + 'static,
    {
        let (connect, time) = (Arc::new(self.connect), self.request_timeout);
        self.connect = Box::new(move || -> Connecting<S, R> {
            let (connecting, conversation) = (connect(), conversation.clone());
            Box::pin(async move {
                let talking = conversation(connecting.await?.into_session());
                let session = match time {
                    Some(time) => timeout(time, talking)
                        .await
                        .unwrap_or(Err(Error::Timeout("the opening conversation did not finish")))?,
                    None => talking.await?,
                };
                Ok(session.into_client())
            })
        });
        self
    }
}

impl<S, R> Reconnecting<S, R> {
    /// Creates a client that connects by calling `connect`.
    fn by(
        connect: Box<dyn Fn() -> Connecting<S, R> + Send + Sync>,
        backoff: Backoff,
        request_timeout: Option<Duration>,
    ) -> Self {
        let delays = backoff.delays();
        Self { connect, backoff, delays, not_before: None, drawn: None, client: None, request_timeout }
    }

    pub(super) fn request_timeout(&self) -> Option<Duration> {
        self.request_timeout
    }

    /// Returns `true` if the client has a connection that is not known to be lost.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.client.is_some()
    }

    /// Returns the current connection, or makes the next one.
    async fn connected(&mut self) -> &mut Client<S, R> {
        loop {
            if let Some(client) = self.client.take() {
                return self.client.insert(client);
            }
            if let Some(time) = self.not_before {
                sleep_until(time).await;
            }
            let wait = self.next_wait();
            let attempt = Attempt { not_before: &mut self.not_before, wait };
            let connected = (self.connect)().await;
            drop(attempt);
            match connected {
                Ok(client) => (self.client, self.drawn) = (Some(client), Some(wait)),
                Err(error) => tracing::warn!("{error}; trying again"),
            }
        }
    }

    /// Takes the connection itself, to split or pipeline it. Without a connection, connects first,
    /// however long that takes.
    ///
    /// The `Reconnecting` does not learn how this connection ends, so its next use waits as after a
    /// failure. That wait counts from the moment when the connection was made. If the connection
    /// lasted longer than the wait and [`Backoff::longest`] together, the waits start again from
    /// the shortest.
    ///
    /// # Cancel safety
    /// If cancelled, nothing is lost.
    pub async fn take(&mut self) -> Client<S, R> {
        if self.not_before.is_some_and(|time| time.elapsed() > self.backoff.longest) {
            (self.delays, self.drawn) = (self.backoff.delays(), None);
        }
        loop {
            self.connected().await;
            if let Some(client) = self.client.take() {
                self.lost();
                return client;
            }
        }
    }

    /// Drops the connection, and sets the time of the next attempt.
    fn lost(&mut self) {
        self.client = None;
        self.not_before = Some(after(self.next_wait()));
    }

    fn next_wait(&mut self) -> Duration {
        // The iterator of delays never ends.
        self.drawn.take().or_else(|| self.delays.next()).unwrap_or(self.backoff.longest)
    }

    /// Updates the state after a use of the connection.
    fn judge<T>(&mut self, outcome: Result<T>) -> Result<T> {
        match &outcome {
            // Only a received frame proves that the server works. An accepted connection does not.
            Ok(_) => {
                self.delays = self.backoff.delays();
                (self.not_before, self.drawn) = (None, None);
            }
            // The error is in the frame, not in the connection.
            Err(Error::Encode(_)) => {}
            Err(_) => self.lost(),
        }
        outcome
    }
}

impl<S: Encode, R> Reconnecting<S, R> {
    /// Sends a frame, connecting first if necessary, however long that takes.
    ///
    /// # Errors
    /// Same as [`Client::send`]. The next use connects anew.
    ///
    /// # Cancel safety
    /// If cancelled while it connects, nothing has been sent. After that, same as [`Client::send`].
    pub async fn send(&mut self, frame: &S) -> Result<()> {
        let sent = self.connected().await.send(frame).await;
        // A successful write proves nothing about the server.
        if matches!(sent, Err(Error::Io(_))) {
            self.lost();
        }
        sent
    }
}

impl<S, R: for<'a> Decode<'a>> Reconnecting<S, R> {
    /// Receives the next frame, connecting first if necessary, however long that takes.
    ///
    /// # Errors
    /// Same as [`Client::recv`], and [`Error::Closed`] when the server has closed the
    /// connection. The next use connects anew.
    ///
    /// # Cancel safety
    /// If cancelled, nothing is lost.
    pub async fn recv(&mut self) -> Result<R> {
        let received = self.connected().await.recv().await;
        self.judge(received.and_then(|frame| frame.ok_or(Error::Closed)))
    }
}

impl<S: Encode, R: for<'a> Decode<'a>> Reconnecting<S, R> {
    /// Sends a request and waits for its reply, connecting first if necessary. All of this takes at
    /// most [`ClientOptions::request_timeout`].
    ///
    /// A request that may have reached the server is never sent again, because only the caller
    /// knows whether repeating it is safe.
    ///
    /// <div class="warning">
    ///
    /// If the server also sends unsolicited frames, one of them is taken for the reply, and every
    /// later `call` gets the reply to the call before it. For such a server [`take`](Self::take)
    /// the connection and use [`pipelined`](Client::pipelined) or [`split`](Client::split).
    /// Alternatively use [`send`](Self::send) and distinguish the frames of [`recv`](Self::recv).
    ///
    /// </div>
    ///
    /// # Errors
    /// Same as [`Client::call`]; [`Error::Timeout`] also when no connection could be made in time.
    /// The next use connects anew.
    ///
    /// # Cancel safety
    /// If cancelled while it connects, nothing has been sent. After that, same as [`Client::call`].
    pub async fn call(&mut self, request: &S) -> Result<R> {
        let time = self.request_timeout;
        let mut missing = NO_CONNECTION;
        let exchange = async {
            let client = self.connected().await;
            missing = NO_REPLY;
            client.exchange(request).await
        };
        let outcome = match time {
            Some(time) => timeout(time, exchange).await.unwrap_or(Err(Error::Timeout(missing))),
            None => exchange.await,
        };
        if outcome.is_err() && self.client.is_none() {
            // The timeout has ended before there was a connection. `not_before` is set already.
            return outcome;
        }
        self.judge(outcome)
    }
}

impl<S, R> fmt::Debug for Reconnecting<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconnecting")
            .field("backoff", &self.backoff)
            .field("connected", &self.is_connected())
            .finish_non_exhaustive()
    }
}
