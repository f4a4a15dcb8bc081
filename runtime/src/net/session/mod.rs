//! Sessions: connections with a conversation in steps, each with its own frame type.

mod body;
mod both;
mod connect;
mod join;
pub(super) mod link;
mod near;
mod parts;
mod receive;
pub(super) mod serve;
#[cfg(feature = "tls")]
pub(super) mod tls;
mod tunnel;

pub use body::Body;
pub use parts::{BoxIo, Io, Parts};
pub use serve::Conversation;
#[cfg(feature = "tls")]
pub use tls::IntoTls;

use std::fmt;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use self::link::Link;
use self::near::Near;
use crate::error::{Error, Result};
use crate::frame::{Decode, Encode, Layout};
use crate::net::connection::noise::log_runs_of_noise;
use crate::net::connection::out_buffer::OutBuffer;
use crate::net::connection::outbox::Stage;
use crate::net::handler::conn::Peer;
use crate::stream::rest::Rest;
use crate::stream::{Framer, Snapshot};

/// A connection with a conversation that is written from top to bottom. Each step may have its own
/// frame type.
///
/// On a server, sessions come from [`Server::sessions`](crate::net::Server::sessions); on a client,
/// from [`connect`](Self::connect) and its variants, or from [`over`](Self::over).
///
/// ```no_run
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
/// struct Line { #[until(b"\n")] text: String }
///
/// # async fn f() -> framewright::Result<()> {
/// let mut s = Session::connect("127.0.0.1:8888").await?;
/// let granted: Granted = s.call(&Login { name: "me".into() }).await?;
/// s.feed(&Line { text: format!("I am {}", granted.id) })?;
/// s.feed(&Line { text: "hello".into() })?;
/// // Fed frames go out in one write, when the session next waits.
/// while let Some(line) = s.recv::<Line>().await? {
///     println!("{}", line.text);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # On a server, and elsewhere
///
/// A connection of a server has a task. While the session's closure awaits anything, fed and pushed
/// frames are written, a lost peer is detected, and all [limits](crate::net::Limits) apply. After a
/// reset, at a deadline, at the end of the drain, and when a [`Peer`] has [closed](Peer::close) the
/// connection, the closure is dropped while it waits. So methods of such a session return errors
/// about bytes from the peer, but never about a broken connection. A session that was moved to
/// another task is not dropped with the closure; its methods then return [`Error::Closed`].
///
/// A session from [`connect`](Self::connect), [`over`](Self::over) or
/// [`from_parts`](Self::from_parts) has no task. Then frames are written and events are detected
/// only while one of its methods waits, and that method returns the error.
pub struct Session {
    link: Arc<Link>,
    /// This is boxed because each `async fn` that takes a session stores it twice.
    near: Box<Near>,
    /// The copy of the received bytes that the last frame borrows from, which is dropped when the
    /// session next waits. Used only for types that [`recv`](Self::recv) can neither parse as owned
    /// nor measure.
    snapshot: Option<Box<Snapshot>>,
}

impl Session {
    pub(crate) fn new(link: Arc<Link>, framer: Framer, request_timeout: Option<Duration>) -> Self {
        let near = Near {
            framer,
            out: OutBuffer::new(),
            frames: 0,
            malformed: 0,
            rest: Rest::NOTHING,
            broken: false,
            waiting: 0,
            fed: false,
            flush_from: link.outbox.pause_at(),
            has_rare_work: false,
            request_timeout,
        };
        Self { link, near: Box::new(near), snapshot: None }
    }

    /// Receives the next frame like [`recv`](Self::recv), but returns [`Error::Closed`] instead of
    /// `None`.
    ///
    /// # Errors
    /// Same as [`recv`](Self::recv), and [`Error::Closed`].
    ///
    /// # Cancel safety
    /// If cancelled, nothing is lost.
    pub async fn require<'a, T: Decode<'a>>(&'a mut self) -> Result<T> {
        // `ok_or` would create an error for each frame, and drop it.
        match self.recv().await? {
            Some(frame) => Ok(frame),
            None => Err(Error::Closed),
        }
    }

    /// Puts a frame into the out-buffer. The frame is written when the closure next waits for
    /// anything, or when the session ends. A session without a task
    /// ([see](Self#on-a-server-and-elsewhere)) writes it when it next waits for the peer, or by
    /// [`flush`](Self::flush), and writes nothing when it is dropped.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be encoded. Nothing is sent then. [`Error::Full`]
    /// when more than [`Limits::out_buffer`](crate::net::Limits::out_buffer) bytes are waiting; pushed
    /// frames count once they are being written. [`Error::Closed`] after a step that was cancelled
    /// half-way, and when the connection has ended.
    // `always`, because the compiler would make it a call of 35 instructions for each frame.
    #[inline(always)]
    pub fn feed<T: Encode>(&mut self, frame: &T) -> Result<()> {
        let mut state = self.link.lock();
        let Some(transport) = state.feeds().filter(|_| !self.near.broken) else {
            return Err(Error::Closed);
        };
        transport.feed(frame)?;
        (self.near.waiting, self.near.fed) = (transport.out.len(), true);
        Ok(())
    }

    /// Writes the fed frames.
    ///
    /// # Errors
    /// [`Error::Io`] if the connection broke, [`Error::Closed`] if it is closed.
    ///
    /// # Cancel safety
    /// If cancelled, the rest is written later.
    pub async fn flush(&mut self) -> Result<()> {
        self.flush_to(0).await
    }

    /// Puts a frame into the out-buffer and writes the out-buffer.
    ///
    /// # Errors
    /// Same as [`feed`](Self::feed) and [`flush`](Self::flush).
    ///
    /// # Cancel safety
    /// If cancelled after its first poll, the frame is still written later. Sending it again would
    /// duplicate it.
    pub async fn send<T: Encode>(&mut self, frame: &T) -> Result<()> {
        self.feed(frame)?;
        self.flush().await
    }

    /// Sends a request and waits for its reply, which is the next frame from the peer. Frames fed
    /// before go out in the same write.
    ///
    /// # Errors
    /// Same as [`feed`](Self::feed) and [`require`](Self::require), and [`Error::Timeout`] if the
    /// reply does not arrive within
    /// [`ClientOptions::request_timeout`](crate::ClientOptions::request_timeout). Sessions of a
    /// server have no such timeout.
    ///
    /// # Cancel safety
    /// If cancelled or timed out, the request is still sent, and the next frame received is its
    /// reply. Close the session, or receive that reply.
    pub async fn call<S, R>(&mut self, request: &S) -> Result<R>
    where
        S: Encode,
        R: for<'x> Decode<'x>,
    {
        self.feed(request)?;
        match self.near.request_timeout {
            Some(time) => {
                timeout(time, self.require()).await.unwrap_or(Err(Error::Timeout("no reply to the request")))
            }
            None => self.require().await,
        }
    }

    /// Returns a handle for pushing frames to the peer from anywhere. Pushed frames are written
    /// between the frames that the session sends, even while it waits for something else. Fed and
    /// pushed frames that are not written yet have no order: to push a frame after fed frames,
    /// [flush](Self::flush) first.
    #[must_use]
    pub fn handle<Out>(&self) -> Peer<Out> {
        Peer::new(Arc::clone(&self.link.outbox))
    }

    /// Closes the connection at this time, whatever the session waits for. `None`, the default,
    /// removes the deadline. A later call replaces an earlier one. The deadline still applies when
    /// the session continues as a [handler](Self::serve).
    ///
    /// A session without a task detects the deadline only while one of its methods waits. That
    /// method returns [`Error::Timeout`].
    pub fn deadline(&mut self, time: impl Into<Option<Instant>>) {
        let time = time.into();
        self.link.outbox.reschedule(|schedule| schedule.deadline = time);
    }

    /// Returns the address of the peer. For connections without an address, such as Unix sockets,
    /// returns the unspecified address `0.0.0.0:0`.
    #[must_use]
    pub fn peer_addr(&self) -> SocketAddr {
        self.link.outbox.ends.peer
    }

    /// Returns the local address of this connection, or the unspecified address.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.link.outbox.ends.local
    }

    /// Returns the TLS properties of the peer, if the connection uses TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(&self) -> Option<&crate::net::tls::TlsInfo> {
        self.link.outbox.ends.tls.get().map(|info| &**info)
    }

    /// Continues after malformed bytes, once [`recv`](Self::recv) has returned an error for them:
    /// skips bytes, starting one byte after the beginning of the malformed frame, to the next
    /// position where a `T` can begin. Returns `false` if that is impossible for this type. From
    /// then on `recv` searches for a frame by itself; see
    /// [`Framer::resync`](crate::stream::Framer::resync). Noise does not count as activity and
    /// renews no time limit.
    ///
    /// A frame that is not complete in time closes a session: it does not count as malformed. On a
    /// line that may damage length fields, use a [`Handler`](crate::net::Handler) with
    /// [`Malformed::Resync`](crate::net::Malformed::Resync), which treats such a frame as noise.
    /// [`serve`](Self::serve) continues with a handler after a login.
    ///
    /// ```
    /// use framewright::net::Close;
    /// use framewright::{Error, prelude::*};
    ///
    /// #[derive(Frame)]
    /// #[frame(be, magic = 0xAA55u16)]
    /// struct Position { latitude: i32, longitude: i32 }
    ///
    /// let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
    ///     loop {
    ///         match s.recv::<Position>().await {
    ///             Ok(Some(position)) => println!("{} {}", position.latitude, position.longitude),
    ///             Ok(None) => return Ok(()),
    ///             Err(Error::Decode(_)) if s.resync::<Position>() => {}
    ///             Err(error) => return Err(error.into()),
    ///         }
    ///     }
    /// });
    /// ```
    pub fn resync<T: Layout>(&mut self) -> bool {
        self.near.resync::<T>(&self.link)
    }

    /// Returns `true` if the server is draining, so that the session should finish its current work
    /// and return.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.link.outbox.stage() >= Stage::Draining
    }

    /// Writes until at most `left` bytes are unwritten.
    async fn flush_to(&mut self, left: usize) -> Result<()> {
        if self.near.broken {
            return Err(Error::Closed);
        }
        self.forget_last_frame();
        let Self { link, near, .. } = self;
        poll_fn(|cx| near.poll_flush(link, cx, left)).await
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        log_runs_of_noise(&mut self.near.framer);
        let mut state = self.link.lock();
        state.at_end = self.near.framer.is_finished() && !self.near.framer.is_partial();
        if let Some(transport) = state.feeds() {
            self.near.hand_over(transport);
            transport.keeps_nothing();
        }
        let own = state.own.take();
        drop(state);
        // A waker may own the memory of another task.
        drop(own);
        self.link.end_without_task();
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("peer", &self.peer_addr()).finish_non_exhaustive()
    }
}
