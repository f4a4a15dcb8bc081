//! A client: frames to a server and frames back.

pub(super) mod calls;
pub(super) mod halves;
pub(super) mod reconnect;
#[cfg(feature = "tls")]
mod tls;

use std::fmt;
use std::future::poll_fn;
use std::io;
#[cfg(unix)]
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncWrite};
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::net::{TcpStream, ToSocketAddrs};
use tokio::time::timeout;

use crate::error::{Error, Result};
use crate::frame::{Decode, Encode};
use crate::options::{ClientOptions, as_given};
use halves::{BoxRead, BoxWrite, Receiver, Sender};

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
    sender: Sender<S>,
    receiver: Receiver<R>,
    request_timeout: Option<Duration>,
    /// How many replies are still to come to calls, given up ones included.
    owed: usize,
}

impl<S, R> Client<S, R> {
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
        let connecting = async {
            let stream = TcpStream::connect(&address).await?;
            // Frames are written whole, so waiting for more would only delay them.
            stream.set_nodelay(true)?;
            Ok(stream)
        };
        let connected = timeout(options.time_to_connect(), connecting)
            .await
            .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")));
        let stream = connected.map_err(|source| Error::Connect { address: as_given(&address), source })?;
        let (read, write) = stream.into_split();
        Ok(Self::from_halves(Box::new(read), Box::new(write), &options))
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
        let path = path.as_ref();
        let stream = UnixStream::connect(path)
            .await
            .map_err(|source| Error::Connect { address: path.display().to_string(), source })?;
        let (read, write) = stream.into_split();
        Ok(Self::from_halves(Box::new(read), Box::new(write), &ClientOptions::new()))
    }

    /// A client over any stream of bytes, such as `tokio::io::duplex`.
    pub fn over(io: impl AsyncRead + AsyncWrite + Send + 'static, options: &ClientOptions) -> Self {
        let (read, write) = tokio::io::split(io);
        Self::from_halves(Box::new(read), Box::new(write), options)
    }

    fn from_halves(read: BoxRead, write: BoxWrite, options: &ClientOptions) -> Self {
        Self {
            sender: Sender::new(write),
            receiver: Receiver::new(read, options.framer()),
            request_timeout: options.request_timeout,
            owed: 0,
        }
    }

    pub(crate) fn request_timeout(&self) -> Option<Duration> {
        self.request_timeout
    }

    /// Two halves, for tasks of their own: one receives whatever the server sends, while the other sends.
    #[must_use]
    pub fn split(self) -> (Sender<S>, Receiver<R>) {
        (self.sender, self.receiver)
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
        self.sender.send(frame).await
    }

    /// Puts a frame into the out-buffer, to go out with the next
    /// [`send`](Self::send), [`flush`](Self::flush), [`recv`](Self::recv) or
    /// [`call`](Self::call): many small frames in one write.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be put on the wire.
    pub fn feed(&mut self, frame: &S) -> Result<()> {
        self.sender.feed(frame)
    }

    /// Writes what is in the out-buffer.
    ///
    /// # Errors
    /// [`Error::Io`] if the connection broke.
    ///
    /// # Cancel safety
    /// Cancelled, the rest goes out later.
    pub async fn flush(&mut self) -> Result<()> {
        self.sender.flush().await
    }
}

impl<S, R: for<'a> Decode<'a>> Client<S, R> {
    /// The next frame; `None` when the server has closed the connection. What
    /// arrives beyond it is kept for the next time.
    ///
    /// A frame that goes on to the end of the stream (`#[rest]`) arrives when the server closes.
    ///
    /// # Errors
    /// [`Error::Decode`] for bytes that are no frame, and for a connection that was closed in
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
        let written = self.sender.poll_flush(cx);
        match (self.receiver.poll_recv(cx), written) {
            // A server may answer and close before it has read everything.
            (Poll::Ready(Ok(Some(frame))), _) => Poll::Ready(Ok(Some(frame))),
            (_, Poll::Ready(Err(error))) => Poll::Ready(Err(error)),
            (received, _) => received,
        }
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
        match self.request_timeout {
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
        f.debug_struct("Client")
            .field("sender", &self.sender)
            .field("receiver", &self.receiver)
            .finish_non_exhaustive()
    }
}

/// The frames that arrive, as [`recv`](Client::recv) gives them; ends when the server has closed
/// the connection, or after an error.
impl<S, R: for<'a> Decode<'a>> Stream for Client<S, R> {
    type Item = Result<R>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        if self.receiver.failed {
            return Poll::Ready(None);
        }
        let received = ready!(self.poll_recv(cx));
        self.receiver.failed = received.is_err();
        Poll::Ready(received.transpose())
    }
}
