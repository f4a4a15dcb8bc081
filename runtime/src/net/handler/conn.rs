//! A connection as its handler sees it, and handles for pushing frames from elsewhere.

use std::borrow::Borrow;
use std::fmt;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::error::{EncodeError, Error};
use crate::frame::Encode;
use crate::net::connection::outbox::{Outbox, Refused, Stage};

/// A connection, as its handler sees it.
///
/// Sent frames go into the connection's out-buffer. The out-buffer is written once for a batch of
/// frames, or as soon as the handler waits.
pub struct Conn<Out> {
    outbox: Arc<Outbox>,
    /// Number of unwritten bytes: the number set by [`count_from`](Self::count_from), plus the
    /// bytes sent since.
    sent: usize,
    closing: bool,
    marker: PhantomData<fn(&Out)>,
}

impl<Out> Conn<Out> {
    pub(crate) fn new(outbox: Arc<Outbox>) -> Self {
        Self { outbox, sent: 0, closing: false, marker: PhantomData }
    }

    /// Returns the address of the peer. For connections without an address, such as Unix sockets,
    /// returns the unspecified address `0.0.0.0:0`.
    #[must_use]
    pub fn peer_addr(&self) -> SocketAddr {
        self.outbox.ends.peer
    }

    /// Returns the local address of this connection. The peer has connected to it. For connections
    /// without an address, returns the unspecified address `0.0.0.0:0`.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.outbox.ends.local
    }

    /// Returns the TLS properties of the peer, if the connection uses TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(&self) -> Option<&crate::net::tls::TlsInfo> {
        self.outbox.ends.tls.get().map(|info| &**info)
    }

    /// Returns a handle for sending to this connection from anywhere.
    #[must_use]
    pub fn handle(&self) -> Peer<Out> {
        Peer::new(Arc::clone(&self.outbox))
    }

    /// Closes the connection when the handler returns, after flushing sent frames.
    pub fn close(&mut self) {
        self.closing = true;
    }

    /// Closes the connection when the peer has sent no complete frame for this long. `None`, the
    /// default, sets no limit.
    ///
    /// This is for protocols that negotiate a keep-alive time, such as MQTT. The time applies to
    /// this connection only. Frames sent to the peer do not renew it, unlike
    /// [`Limits::idle`](crate::net::Limits::idle), which still applies. The time stops while the
    /// handler waits. If set in `open`, it counts from then on, and
    /// [`Limits::first_frame_time`](crate::net::Limits::first_frame_time) applies as well. It has
    /// no effect over UDP, which has no connections.
    ///
    /// ```
    /// # use framewright::net::{Close, Conn};
    /// # use framewright::prelude::*;
    /// # use std::time::Duration;
    /// # #[derive(Frame)]
    /// # struct Pong;
    /// async fn open(conn: &mut Conn<Pong>) -> Result<(), Close> {
    ///     // The peer sends a ping every 20 seconds.
    ///     conn.keep_alive(Duration::from_secs(30));
    ///     Ok(())
    /// }
    /// ```
    pub fn keep_alive(&mut self, time: impl Into<Option<Duration>>) {
        let time = time.into();
        self.outbox.reschedule(|schedule| schedule.keep_alive = time);
    }

    /// Closes the connection at this time, even while the handler waits. `None`, the default,
    /// removes the deadline. A later call replaces an earlier one.
    ///
    /// ```
    /// # use framewright::net::{Close, Conn};
    /// # use framewright::prelude::*;
    /// # use std::time::Duration;
    /// # #[derive(Frame)]
    /// # struct Hello;
    /// async fn open(conn: &mut Conn<Hello>) -> Result<(), Close> {
    ///     // Clients that have not logged in by then are disconnected.
    ///     conn.deadline(tokio::time::Instant::now() + Duration::from_secs(10));
    ///     Ok(())
    /// }
    /// ```
    pub fn deadline(&mut self, time: impl Into<Option<Instant>>) {
        let time = time.into();
        self.outbox.reschedule(|schedule| schedule.deadline = time);
    }

    pub(crate) fn outbox(&self) -> Arc<Outbox> {
        Arc::clone(&self.outbox)
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing
    }

    pub(crate) fn sent(&self) -> usize {
        self.sent
    }

    /// Sets the number of bytes that are already waiting.
    pub(crate) fn count_from(&mut self, waiting: usize) {
        self.sent = waiting;
    }
}

impl<Out: Encode> Conn<Out> {
    /// Sends a frame by putting it into the out-buffer. Takes `&frame` or `frame`.
    ///
    /// Frames are written in the order in which they were sent, by this method, by a [`Peer`] or by
    /// a [`Hub`](crate::net::Hub). Frames that other tasks send at the same time may come before or
    /// after.
    ///
    /// This method does not wait, so it fails when the peer reads too slowly and the out-buffer is
    /// full. A handler that answers a frame with many others then waits for room:
    ///
    /// ```
    /// use framewright::net::Limits;
    /// use framewright::prelude::*;
    /// use framewright::Error;
    ///
    /// #[derive(Frame, Debug, PartialEq)]
    /// #[frame(be)]
    /// struct Number(u32);
    ///
    /// /// Answers a number with all numbers below it.
    /// struct Counter;
    ///
    /// impl Handler for Counter {
    ///     type In<'a> = Number;
    ///     type Out = Number;
    ///     type State = ();
    ///
    ///     async fn open(&self, _: &mut Conn<Number>) -> Result<(), Close> {
    ///         Ok(())
    ///     }
    ///
    ///     async fn frame(&self, conn: &mut Conn<Number>, _: &mut (), end: Number) -> Result<(), Close> {
    ///         for number in (0..end.0).map(Number) {
    ///             match conn.send(&number) {
    ///                 // The out-buffer is full: wait until the peer has read some of it.
    ///                 Err(Error::Full) => conn.handle().send(number).await?,
    ///                 sent => sent?,
    ///             }
    ///         }
    ///         Ok(())
    ///     }
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> framewright::Result<()> {
    /// let limits = Limits::new().out_buffer(1024);
    /// let server = Server::new(Counter).limits(limits).bind("127.0.0.1:0").await?;
    /// let address = server.local_addr();
    /// tokio::spawn(server.serve());
    ///
    /// let mut client = Client::<Number>::connect(address).await?;
    /// client.send(&Number(10_000)).await?;
    /// for number in 0..10_000 {
    ///     assert_eq!(client.recv().await?, Some(Number(number)));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be encoded, and [`Error::Full`] when more than
    /// [`Limits::out_buffer`](crate::net::Limits::out_buffer) bytes are waiting. To wait for room,
    /// use [`conn.handle().send(..).await`](Peer::send), or [flush](Self::flush) in between.
    pub fn send(&mut self, frame: impl Borrow<Out>) -> Result<(), Error> {
        match self.outbox.send(frame.borrow()) {
            Ok(bytes) => {
                self.sent += bytes;
                Ok(())
            }
            Err(refused) => Err(refused.into()),
        }
    }

    /// Waits until all frames sent so far have been passed to the system.
    ///
    /// # Errors
    /// [`Error::Closed`] if the connection is closed meanwhile.
    ///
    /// # Cancel safety
    /// If cancelled, nothing is lost: sent frames stay in the out-buffer.
    pub async fn flush(&mut self) -> Result<(), Error> {
        self.outbox.flushed().await.map_err(Into::into)
    }
}

impl<Out> fmt::Debug for Conn<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conn").field("peer", &self.outbox.ends.peer).finish_non_exhaustive()
    }
}

/// A handle for sending to a connection from anywhere: from handlers of other connections, from
/// tasks, or from threads.
///
/// Cloning a handle is cheap, and a handle may outlive the connection.
///
/// Frames are written in the order in which they enter the out-buffer, whichever handle, [`Conn`]
/// or [`Hub`](crate::net::Hub) sends them. So the frames of one task keep their order. While
/// [`send`](Self::send) waits for room, frames of other tasks may go ahead. Frames that a
/// [`Session`](crate::Session) feeds do not wait in the same queue; see
/// [`Session::handle`](crate::Session::handle).
pub struct Peer<Out> {
    outbox: Arc<Outbox>,
    marker: PhantomData<fn(&Out)>,
}

impl<Out> Peer<Out> {
    pub(crate) fn new(outbox: Arc<Outbox>) -> Self {
        outbox.add_peer();
        Self { outbox, marker: PhantomData }
    }

    /// Returns the address of the peer, as [`Conn::peer_addr`] does.
    #[must_use]
    pub fn peer_addr(&self) -> SocketAddr {
        self.outbox.ends.peer
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Closes the connection, after flushing the frames that were sent to it.
    ///
    /// A handler finishes the frame that it works on. A `Peer` refuses frames from then on; a handler
    /// that returns this error has not failed. The closure of a [`Session`](crate::Session) is dropped
    /// while it waits, but not within a `send_body` or `start_tls`, which would leave the peer with half
    /// of it. Set a [`deadline`](crate::Session::deadline) if the reader of a body may stall.
    pub fn close(&self) {
        self.outbox.advance(Stage::Closing);
    }

    /// Returns `true` if the connection is closed or about to be closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.outbox.stage() >= Stage::Closing
    }
}

impl<Out: Encode> Peer<Out> {
    /// Sends a frame if it fits into the connection's out-buffer now.
    ///
    /// This is for pushes to many peers, when no peer may delay the others. When a peer reads too
    /// slowly, drop the frame, queue it, or close the connection. To wait, use
    /// [`send`](Self::send).
    ///
    /// # Errors
    /// Returns the frame with the reason why it was not sent.
    pub fn try_send(&self, frame: Out) -> Result<(), TrySendError<Out>> {
        self.outbox.push(&frame).map_err(|refused| match refused {
            Refused::Full => TrySendError::Full(frame),
            Refused::Closed => TrySendError::Closed(frame),
            Refused::Invalid(error) => TrySendError::Invalid(frame, error),
        })
    }

    /// Sends a frame, waiting for room in the connection's out-buffer. Takes
    /// `&frame` or `frame`.
    ///
    /// # Errors
    /// [`Error::Closed`] if the connection is closed, [`Error::Encode`] for a frame that cannot be
    /// put on the wire.
    ///
    /// # Cancel safety
    /// If cancelled while it waits for room, the frame has not been sent.
    pub async fn send(&self, frame: impl Borrow<Out>) -> Result<(), Error> {
        loop {
            // Register for a notification before the attempt, so that a notification between the
            // two is not missed.
            let room = self.outbox.room();
            match self.outbox.push(frame.borrow()) {
                Err(Refused::Full) => room.await,
                outcome => return outcome.map_err(Into::into),
            }
        }
    }

    /// Waits until all frames sent to the connection so far, from anywhere, have been passed to the
    /// system. Frames that a [`Session`](crate::Session) has fed count once they are being written.
    ///
    /// The peer may not have read them yet. To detect lost frames, a protocol needs
    /// acknowledgements.
    ///
    /// # Errors
    /// [`Error::Closed`] if the connection is closed meanwhile.
    ///
    /// # Cancel safety
    /// If cancelled, nothing is lost: sent frames stay in the out-buffer.
    pub async fn flushed(&self) -> Result<(), Error> {
        self.outbox.flushed().await.map_err(Into::into)
    }
}

impl<Out> Clone for Peer<Out> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.outbox))
    }
}

impl<Out> Drop for Peer<Out> {
    fn drop(&mut self) {
        self.outbox.drop_peer();
    }
}

impl<Out> fmt::Debug for Peer<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("peer", &self.outbox.ends.peer).finish_non_exhaustive()
    }
}

/// The reason why [`Peer::try_send`] did not send a frame, with the frame.
#[derive(Clone, Debug, PartialEq)]
pub enum TrySendError<T> {
    /// The out-buffer has no room for the frame now.
    Full(T),
    /// The connection is closed.
    Closed(T),
    /// The frame cannot be encoded.
    Invalid(T, EncodeError),
}

impl<T> TrySendError<T> {
    /// Returns the frame.
    pub fn into_frame(self) -> T {
        match self {
            Self::Full(frame) | Self::Closed(frame) | Self::Invalid(frame, _) => frame,
        }
    }
}

impl<T> fmt::Display for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => fmt::Display::fmt(&Error::Full, f),
            Self::Closed(_) => fmt::Display::fmt(&Error::Closed, f),
            Self::Invalid(_, error) => write!(f, "frame cannot be sent: {error}"),
        }
    }
}

impl<T: fmt::Debug> std::error::Error for TrySendError<T> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Full(_) => Some(&Error::Full),
            Self::Closed(_) => Some(&Error::Closed),
            Self::Invalid(_, error) => Some(error),
        }
    }
}
