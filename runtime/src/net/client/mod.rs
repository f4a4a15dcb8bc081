//! A client, which sends frames to a server and receives frames from it.

pub(super) mod calls;
pub(super) mod halves;
pub(super) mod reconnect;
mod split;
#[cfg(feature = "tls")]
mod tls;

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
#[cfg(unix)]
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::ToSocketAddrs;
use tokio::time::timeout;

use crate::error::{Error, Result};
use crate::frame::{Decode, Encode, Layout};
use crate::net::session::Session;
use crate::options::ClientOptions;
use halves::{Receiver, Sender};

/// A connection to a server, with frames of type `S` to the server and frames of type `R` back.
/// Both types own their data; types that borrow from the receive buffer work in a
/// [`Handler`](crate::net::Handler) or a [`Session`](crate::Session).
///
/// ```no_run
/// use framewright::prelude::*;
///
/// #[derive(Frame, Debug)]
/// #[frame(be)]
/// struct Text { #[len_prefixed] text: String }
///
/// # async fn f() -> framewright::Result<()> {
/// let mut client = Client::<Text>::connect("127.0.0.1:8888").await?;
/// let reply = client.call(&Text { text: "hello".into() }).await?;
/// println!("{reply:?}");
///
/// client.send(&Text { text: "bye".into() }).await?;
/// while let Some(text) = client.recv().await? {
///     println!("{text:?}");
/// }
/// # Ok(())
/// # }
/// ```
pub struct Client<S, R = S> {
    pub(super) session: Session,
    /// Whether the `Stream` of frames has ended with an error.
    failed: bool,
    marker: PhantomData<fn(&S) -> R>,
    /// Number of replies still to come, including replies to calls that were given up.
    pub(super) owed: usize,
}

impl<S, R: Layout> Client<S, R> {
    /// Connects to a server over TCP.
    ///
    /// # Errors
    /// [`Error::Connect`] if the server cannot be reached in time.
    ///
    /// # Cancel safety
    /// If cancelled, there is no connection.
    pub async fn connect(address: impl ToSocketAddrs + fmt::Debug) -> Result<Self> {
        Self::connect_with(address, ClientOptions::new()).await
    }

    /// Like [`connect`](Self::connect), with custom timeouts and limits.
    ///
    /// # Errors
    /// Same as [`connect`](Self::connect).
    ///
    /// # Cancel safety
    /// Same as [`connect`](Self::connect).
    pub async fn connect_with(
        address: impl ToSocketAddrs + fmt::Debug,
        options: ClientOptions,
    ) -> Result<Self> {
        options.check::<R>(&address)?;
        Ok(Session::connect_with(address, options).await?.into_client())
    }

    /// Connects to a server over a Unix socket.
    ///
    /// # Errors
    /// [`Error::Connect`] if the server cannot be reached in time.
    ///
    /// # Cancel safety
    /// If cancelled, there is no connection.
    #[cfg(unix)]
    pub async fn connect_unix(path: impl AsRef<Path>) -> Result<Self> {
        Self::connect_unix_with(path, ClientOptions::new()).await
    }

    /// Like [`connect_unix`](Self::connect_unix), with custom timeouts and limits.
    ///
    /// # Errors
    /// Same as [`connect_unix`](Self::connect_unix).
    ///
    /// # Cancel safety
    /// Same as [`connect_unix`](Self::connect_unix).
    #[cfg(unix)]
    pub async fn connect_unix_with(path: impl AsRef<Path>, options: ClientOptions) -> Result<Self> {
        options.check::<R>(&path.as_ref())?;
        Ok(Session::connect_unix_with(path, options).await?.into_client())
    }
}

impl<S, R> Client<S, R> {
    /// Creates a client over any stream of bytes, such as `tokio::io::duplex`.
    pub fn over(io: impl AsyncRead + AsyncWrite + Send + 'static, options: &ClientOptions) -> Self {
        Session::over(Box::pin(io), options).into_client()
    }

    pub(super) fn from_session(session: Session) -> Self {
        Self { session, failed: false, marker: PhantomData, owed: 0 }
    }

    pub(crate) fn request_timeout(&self) -> Option<Duration> {
        self.session.request_timeout()
    }

    /// Splits the client into two halves for separate tasks: one receives while the other sends.
    /// The connection is closed when both are dropped. The halves, and calls that are
    /// [`pipelined`](Self::pipelined) or [`in_order`](Self::in_order), have no deadline, even if the
    /// [`Session`](crate::Session) had one.
    #[must_use]
    pub fn split(self) -> (Sender<S>, Receiver<R>) {
        let (io, unsent, framer, rest) = self.session.into_halves();
        let (read, write) = split::split(io);
        (Sender::new(write, unsent), Receiver::new(read, framer, rest))
    }
}

impl<S: Encode, R> Client<S, R> {
    /// Sends a frame.
    ///
    /// # Errors
    /// Same as [`feed`](Self::feed), and nothing is sent then; and [`Error::Io`] if the connection
    /// broke.
    ///
    /// # Cancel safety
    /// If cancelled, the frame is still sent: the unwritten part is written when the client next waits
    /// or flushes. Sending it again would duplicate it.
    pub async fn send(&mut self, frame: &S) -> Result<()> {
        self.session.send(frame).await
    }

    /// Puts a frame into the out-buffer, to be written by the next [`send`](Self::send),
    /// [`flush`](Self::flush), [`recv`](Self::recv) or [`call`](Self::call), so that many small
    /// frames go out in one write.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be encoded. [`Error::Full`] if 1 MiB or more is
    /// waiting to be written: [`flush`](Self::flush) before feeding more. [`Error::Closed`] after a
    /// step of an earlier session that was cancelled half-way, and when the connection has ended.
    pub fn feed(&mut self, frame: &S) -> Result<()> {
        self.session.feed(frame)
    }

    /// Writes the content of the out-buffer.
    ///
    /// # Errors
    /// [`Error::Io`] if the connection broke.
    ///
    /// # Cancel safety
    /// If cancelled, the rest is written later.
    pub async fn flush(&mut self) -> Result<()> {
        self.session.flush().await
    }
}

impl<S, R: for<'a> Decode<'a>> Client<S, R> {
    /// Receives the next frame. Returns `None` when the server has closed the connection. Bytes
    /// after the frame are kept for the next call.
    ///
    /// A frame that extends to the end of the stream (`#[rest]`) is complete when the server closes
    /// the connection.
    ///
    /// # Errors
    /// [`Error::Decode`] for malformed bytes, and if the connection was closed within a frame;
    /// [`Error::Io`] if it broke.
    ///
    /// # Cancel safety
    /// If cancelled, nothing is lost.
    pub async fn recv(&mut self) -> Result<Option<R>> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    /// Receives a frame, while writing the out-buffer.
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<R>>> {
        self.session.poll_begin(cx);
        let received = ready!(self.session.poll_recv(cx));
        if matches!(received, Ok(Some(_))) {
            self.owed = self.owed.saturating_sub(1);
        }
        Poll::Ready(received)
    }
}

impl<S: Encode, R: for<'a> Decode<'a>> Client<S, R> {
    /// Sends a request and waits for its reply, which is the next frame from the server. This is
    /// for protocols that answer every frame with one frame, in order.
    ///
    /// <div class="warning">
    ///
    /// If the server also sends unsolicited frames, one of them is taken for the reply, and every
    /// later `call` gets the reply to the call before it. For such a server use
    /// [`pipelined`](Self::pipelined) if replies carry the id of their request. Otherwise use
    /// [`send`](Self::send) and distinguish the frames of [`recv`](Self::recv), or
    /// [`split`](Self::split) the client.
    ///
    /// </div>
    ///
    /// # Errors
    /// Same as [`send`](Self::send) and [`recv`](Self::recv), [`Error::Closed`] if the server
    /// closes the connection instead, and [`Error::Timeout`] if the reply does not arrive in time.
    ///
    /// # Cancel safety
    /// If cancelled or timed out, the request is still sent. The reply is dropped, and is never
    /// taken for the reply to a later `call`.
    pub async fn call(&mut self, request: &S) -> Result<R> {
        match self.request_timeout() {
            Some(time) => timeout(time, self.exchange(request))
                .await
                .unwrap_or(Err(Error::Timeout("no reply to the request"))),
            None => self.exchange(request).await,
        }
    }

    /// Like [`call`](Self::call), without a timeout.
    pub(crate) async fn exchange(&mut self, request: &S) -> Result<R> {
        self.feed(request)?;
        self.owed += 1;
        self.reply().await
    }

    /// Waits for the reply to the last call. Drops the replies to calls that were given up.
    async fn reply(&mut self) -> Result<R> {
        loop {
            let reply = self.recv().await?.ok_or(Error::Closed)?;
            if self.owed == 0 {
                return Ok(reply);
            }
        }
    }
}

impl<S, R> fmt::Debug for Client<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("session", &self.session).finish_non_exhaustive()
    }
}

/// The frames that arrive, as [`recv`](Client::recv) returns them. The stream ends when the server
/// closes the connection, or after an error.
impl<S, R: for<'a> Decode<'a>> Stream for Client<S, R> {
    type Item = Result<R>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        if self.failed {
            return Poll::Ready(None);
        }
        let received = ready!(self.poll_recv(cx));
        self.failed = received.is_err();
        Poll::Ready(received.transpose())
    }
}
