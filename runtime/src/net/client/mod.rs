//! A client: frames to a server and frames back.

pub(super) mod calls;
pub(super) mod halves;
pub(super) mod reconnect;
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
use crate::options::{ClientOptions, as_given};
use halves::{Receiver, Sender};

/// A connection to a server that takes `S` and sends `R`, both of them owned: a type that borrows from the receive buffer is
/// for a server's [`Handler`](crate::net::Handler).
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
    /// Whether the stream of frames has ended with an error.
    failed: bool,
    marker: PhantomData<fn(&S) -> R>,
    /// How many replies are still to come to calls, given up ones included.
    owed: usize,
}

impl<S, R: Layout> Client<S, R> {
    /// Connects to a server over TCP.
    ///
    /// # Errors
    /// [`Error::Connect`] if there is no such server, or none that answers in time.
    ///
    /// # Cancel safety
    /// Cancelled, there is no connection.
    pub async fn connect(address: impl ToSocketAddrs + fmt::Debug) -> Result<Self> {
        Self::connect_with(address, ClientOptions::new()).await
    }

    /// As [`connect`](Self::connect), with timeouts and limits of the caller's choice.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    ///
    /// # Cancel safety
    /// As [`connect`](Self::connect).
    pub async fn connect_with(
        address: impl ToSocketAddrs + fmt::Debug,
        options: ClientOptions,
    ) -> Result<Self> {
        check::<R>(&address, &options)?;
        Ok(Session::connect_with(address, options).await?.into_client())
    }

    /// Connects to a server over a Unix socket.
    ///
    /// # Errors
    /// [`Error::Connect`] if there is no such server.
    ///
    /// # Cancel safety
    /// Cancelled, there is no connection.
    #[cfg(unix)]
    pub async fn connect_unix(path: impl AsRef<Path>) -> Result<Self> {
        Ok(Session::connect_unix(path).await?.into_client())
    }
}

/// Whether a client of frames of this type can do what it is told.
fn check<R: Layout>(address: &impl fmt::Debug, options: &ClientOptions) -> Result<()> {
    options.check::<R>().map_err(|source| Error::Connect { address: as_given(address), source })
}

impl<S, R> Client<S, R> {
    /// A client over any stream of bytes, such as `tokio::io::duplex`.
    pub fn over(io: impl AsyncRead + AsyncWrite + Send + 'static, options: &ClientOptions) -> Self {
        Session::over(Box::pin(io), options).into_client()
    }

    pub(super) fn from_session(session: Session) -> Self {
        Self { session, failed: false, marker: PhantomData, owed: 0 }
    }

    pub(crate) fn request_timeout(&self) -> Option<Duration> {
        self.session.request_timeout()
    }

    /// Two halves, for tasks of their own: one receives whatever the server sends, while the other sends.
    #[must_use]
    pub fn split(self) -> (Sender<S>, Receiver<R>) {
        let (io, framer, unsent) = self.session.into_halves();
        let (read, write) = tokio::io::split(io);
        (Sender::new(Box::new(write), unsent), Receiver::new(Box::new(read), framer))
    }
}

impl<S: Encode, R> Client<S, R> {
    /// Sends a frame.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be put on the wire; nothing is sent then.
    /// [`Error::Io`] if the connection broke.
    ///
    /// # Cancel safety
    /// Cancelled, the frame is on its way all the same: what the system has not taken
    /// goes out with the next call of any method. Sending it again would double it.
    pub async fn send(&mut self, frame: &S) -> Result<()> {
        self.session.send(frame).await
    }

    /// Puts a frame into the out-buffer, to go out with the next
    /// [`send`](Self::send), [`flush`](Self::flush), [`recv`](Self::recv) or
    /// [`call`](Self::call): many small frames in one write.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be put on the wire.
    pub fn feed(&mut self, frame: &S) -> Result<()> {
        self.session.feed(frame)
    }

    /// Writes what is in the out-buffer.
    ///
    /// # Errors
    /// [`Error::Io`] if the connection broke.
    ///
    /// # Cancel safety
    /// Cancelled, the rest goes out later.
    pub async fn flush(&mut self) -> Result<()> {
        self.session.flush().await
    }
}

impl<S, R: for<'a> Decode<'a>> Client<S, R> {
    /// The next frame; `None` when the server has closed the connection. What
    /// arrives beyond it is kept for the next time.
    ///
    /// A frame that goes on to the end of the stream (`#[rest]`) arrives when the server closes.
    ///
    /// # Errors
    /// [`Error::Decode`] for malformed bytes, and for a connection that was closed in
    /// the middle of one; [`Error::Io`] if it broke.
    ///
    /// # Cancel safety
    /// Cancelled, nothing is lost.
    pub async fn recv(&mut self) -> Result<Option<R>> {
        let received = poll_fn(|cx| self.poll_recv(cx)).await;
        if matches!(received, Ok(Some(_))) {
            self.owed = self.owed.saturating_sub(1);
        }
        received
    }

    /// Receives, and meanwhile writes what is in the out-buffer.
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<R>>> {
        self.session.poll_begin(cx);
        self.session.poll_recv(cx)
    }
}

impl<S: Encode, R: for<'a> Decode<'a>> Client<S, R> {
    /// Sends a request and waits for its reply, which is the next frame the
    /// server sends: for protocols that answer every frame by one, in order.
    ///
    /// <div class="warning">
    ///
    /// Where the server also sends frames of its own accord, one of those is taken for the reply, and every later `call`
    /// gets the reply to the one before it. For such a server use [`pipelined`](Self::pipelined) if replies
    /// carry the id of their request; else [`send`](Self::send) and tell the frames of [`recv`](Self::recv) apart, or
    /// [`split`](Self::split).
    ///
    /// </div>
    ///
    /// # Errors
    /// As [`send`](Self::send) and [`recv`](Self::recv), [`Error::Closed`] if the server closes the
    /// connection instead, and [`Error::Timeout`] if the reply is not there in time.
    ///
    /// # Cancel safety
    /// Cancelled or timed out, the request is on its way all the same. Its
    /// reply is not mistaken for that of a later `call`: it is dropped.
    pub async fn call(&mut self, request: &S) -> Result<R> {
        match self.request_timeout() {
            Some(time) => timeout(time, self.exchange(request))
                .await
                .unwrap_or(Err(Error::Timeout("no reply to the request"))),
            None => self.exchange(request).await,
        }
    }

    /// As [`call`](Self::call), for as long as it takes.
    pub(crate) async fn exchange(&mut self, request: &S) -> Result<R> {
        self.feed(request)?;
        self.owed += 1;
        self.reply().await
    }

    /// The reply to the last call, past those to calls that were given up.
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

/// The frames that arrive, as [`recv`](Client::recv) gives them; ends when the server has closed
/// the connection, or after an error.
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
