//! Sessions: connections with a conversation in steps, each with its own frame type.

mod body;
mod connect;
mod join;
pub(super) mod link;
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
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use self::link::Link;
use crate::error::{Error, Result};
use crate::frame::{Decode, Encode, Layout};
use crate::net::connection::close::CloseReason;
use crate::net::connection::noise::{log_noise, log_runs_of_noise};
use crate::net::connection::out_buffer::OutBuffer;
use crate::net::connection::outbox::{Outbox, Stage};
use crate::net::connection::transport::{Event, Transport};
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
/// A connection of a server has a task. While the session's closure awaits anything, pushed frames
/// are written, a lost peer is detected, and all [limits](crate::net::Limits) apply. After a reset,
/// at a deadline, at the end of the drain, and when a [`Peer`] has [closed](Peer::close) the
/// connection, the closure is dropped while it waits. So methods of such a session return errors
/// about bytes from the peer, but never about a broken connection.
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

/// The state that only the session uses, so that it needs no lock.
struct Near {
    framer: Framer,
    /// Encoded frames that were fed.
    out: OutBuffer,
    /// Number of frames not yet reported to the transport.
    frames: u32,
    malformed: u32,
    /// The unread rest of bodies.
    rest: Rest,
    /// Whether nothing more can be sent: a step was cancelled half-way, so that the peer could not
    /// understand anything sent after it, or the peer was refused.
    broken: bool,
    /// The maximum number of fed bytes: the limit of the out-buffer less the bytes that wait in the
    /// transport. 0 if nothing more can be sent.
    most_out: usize,
    /// Number of fed bytes from which on they are written before the next frame is received:
    /// [`Outbox::pause_at`] less the bytes that wait in the transport.
    flush_from: usize,
    /// Whether a method that waits for a frame must call [`Session::begin`] for a rare reason: the
    /// session is broken, or it has a snapshot that the last frame may have borrowed from.
    has_rare_work: bool,
    request_timeout: Option<Duration>,
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
            most_out: link.outbox.limit(),
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

    /// Puts a frame into the out-buffer. The frame is written when the session next waits for the
    /// peer, by [`flush`](Self::flush), or when the session ends. A session without a task
    /// ([see](Self#on-a-server-and-elsewhere)) writes nothing when it is dropped.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be encoded. Nothing is sent then. [`Error::Full`]
    /// when more than [`Limits::out_buffer`](crate::net::Limits::out_buffer) bytes are waiting,
    /// pushed frames included. [`Error::Closed`] after a step that was cancelled half-way.
    // `always`, because the compiler would make it a call of 35 instructions for each frame.
    #[inline(always)]
    pub fn feed<T: Encode>(&mut self, frame: &T) -> Result<()> {
        if self.near.out.len() >= self.near.most_out {
            self.near.check_room(&self.link)?;
        }
        self.near.out.push(frame)?;
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

impl Near {
    /// Records that nothing more can be sent.
    fn break_off(&mut self) {
        (self.broken, self.has_rare_work) = (true, true);
        self.most_out = 0;
    }

    /// Returns an error if no frame can be fed. The connection's task may have written bytes since
    /// the session last waited, and a single frame may exceed the limit if nothing else waits.
    #[cold]
    fn check_room(&mut self, link: &Link) -> Result<()> {
        if self.broken {
            return Err(Error::Closed);
        }
        let waiting = link.lock().transport.as_ref().map_or(0, |transport| transport.out.len());
        self.count_waiting(link.outbox.as_ref(), waiting);
        if self.out.len() < self.most_out || self.out.is_empty() && waiting == 0 {
            return Ok(());
        }
        Err(Error::Full)
    }

    /// Sets the number of bytes that wait in the transport, which take room from fed frames.
    fn count_waiting(&mut self, outbox: &Outbox, waiting: usize) {
        self.flush_from = outbox.pause_at().saturating_sub(waiting);
        if !self.broken {
            self.most_out = outbox.limit().saturating_sub(waiting);
        }
    }

    /// Passes the fed frames to the transport, and then calls `work`. If `work` fails, a session
    /// with a task is ended, and a session without a task returns the error.
    fn poll_transport<R>(
        &mut self,
        link: &Link,
        cx: &mut Context<'_>,
        work: impl FnOnce(
            &mut Transport<BoxIo>,
            &mut Framer,
            &mut Context<'_>,
        ) -> Poll<std::result::Result<R, CloseReason>>,
    ) -> Poll<Result<R>> {
        let mut state = link.lock();
        let Some(transport) = &mut state.transport else { return Poll::Ready(Err(Error::Closed)) };
        self.hand_over(transport);
        let done = work(transport, &mut self.framer, cx);
        self.count_waiting(&link.outbox, transport.out.len());
        if self.out.has_no_memory() && transport.out.is_empty() {
            std::mem::swap(&mut transport.out, &mut self.out);
        }
        match done {
            Poll::Ready(Ok(done)) => Poll::Ready(Ok(done)),
            Poll::Ready(Err(why)) => state.fail(why),
            Poll::Pending => {
                self.out.release();
                state.waits(cx);
                Poll::Pending
            }
        }
    }

    /// Writes and detects events while the session waits for something that is not a frame. Only
    /// the end of the connection resolves this.
    fn poll_others<R>(&mut self, link: &Link, cx: &mut Context<'_>) -> Poll<Result<R>> {
        self.poll_transport(link, cx, |transport, _, cx| transport.poll_others(cx).map(Err))
    }

    /// Writes until at most `left` bytes are unwritten.
    fn poll_flush(&mut self, link: &Link, cx: &mut Context<'_>, left: usize) -> Poll<Result<()>> {
        self.poll_transport(link, cx, |transport, _, cx| transport.poll_flushed(cx, left))
    }

    fn resync<T: Layout>(&mut self, link: &Link) -> bool {
        let can = self.framer.resync::<T>();
        if let Some(transport) = link.lock().transport.as_mut().filter(|_| can) {
            // The frames before the noise are reported first, because they count as activity.
            self.hand_over(transport);
            self.count_waiting(&link.outbox, transport.out.len());
            transport.deadlines.noise();
        }
        can
    }

    /// Passes fed frames and the frame count to the transport.
    fn hand_over(&mut self, transport: &mut Transport<BoxIo>) {
        if self.frames > 0 {
            transport.framed_all(std::mem::take(&mut self.frames));
        }
        transport.malformed += std::mem::take(&mut self.malformed);
        if self.out.is_empty() {
            return;
        }
        if transport.out.is_empty() {
            std::mem::swap(&mut transport.out, &mut self.out);
        } else {
            transport.out.append(&mut self.out);
        }
    }

    /// Writes fed frames and waits for the peer. Returns `true` if more bytes or the end of the
    /// stream have arrived, and `false` if nothing more can arrive.
    fn poll_more(&mut self, link: &Link, cx: &mut Context<'_>) -> Poll<Result<bool>> {
        if self.framer.is_finished() {
            return Poll::Ready(Ok(false));
        }
        log_noise(&mut self.framer);
        let body = !self.rest.is_nothing();
        let event = ready!(self.poll_transport(link, cx, |transport, framer, cx| {
            transport.count();
            transport.count_noise(framer);
            match ready!(transport.poll_event(cx, framer, body)) {
                Ok(event) => Poll::Ready(Ok(Some(event))),
                // The server is draining, and nothing has arrived for a while.
                Err(CloseReason::Drain) if transport.outbox.stage() == Stage::Draining => {
                    Poll::Ready(Ok(None))
                }
                Err(why) => Poll::Ready(Err(why)),
            }
        }))?;
        Poll::Ready(Ok(match event {
            Some(Event::Read) => true,
            Some(Event::Empty) => {
                self.framer.note_empty_read();
                true
            }
            Some(Event::Eof) => {
                self.framer.finish();
                true
            }
            None => false,
        }))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        log_runs_of_noise(&mut self.near.framer);
        let mut state = self.link.lock();
        state.at_end = self.near.framer.is_finished() && !self.near.framer.is_partial();
        if let Some(transport) = &mut state.transport {
            self.near.hand_over(transport);
        }
        drop(state);
        self.link.end_without_task();
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("peer", &self.peer_addr()).finish_non_exhaustive()
    }
}
