//! A client on `std::net`, without tokio.

use std::fmt;
use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use bytes::BytesMut;

use crate::error::{Error, Result};
use crate::frame::{Decode, Encode};
use crate::options::{ClientOptions, as_given};
use crate::stream::Framer;

/// A connection to a server that takes `S` and sends `R`; the blocking sister of the
/// async `Client`.
///
/// ```no_run
/// use framewright::{blocking, prelude::*};
///
/// #[derive(Frame, Debug)]
/// #[frame(be)]
/// struct Text { #[len_prefixed] text: String }
///
/// let mut client = blocking::Client::<Text>::connect("127.0.0.1:8888")?;
/// let reply = client.call(&Text { text: "hello".into() })?;
/// println!("{reply:?}");
/// # Ok::<(), framewright::Error>(())
/// ```
pub struct Client<S, R = S> {
    stream: TcpStream,
    out: BytesMut,
    framer: Framer,
    request_timeout: Option<Duration>,
    /// How many replies are still to come to calls, given up ones included.
    owed: usize,
    /// Whether the socket has a time set for its reads.
    timed: bool,
    marker: PhantomData<fn(&S) -> R>,
}

impl<S, R> Client<S, R> {
    /// Connects to a server over TCP.
    ///
    /// # Errors
    /// [`Error::Connect`] if there is no such server, or none that answers in time.
    pub fn connect(address: impl ToSocketAddrs + fmt::Debug) -> Result<Self> {
        Self::connect_with(address, ClientOptions::new())
    }

    /// As [`connect`](Self::connect), with timeouts and limits of the caller's choice.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub fn connect_with(address: impl ToSocketAddrs + fmt::Debug, options: ClientOptions) -> Result<Self> {
        let stream = connect(&address, options.time_to_connect())
            .map_err(|source| Error::Connect { address: as_given(&address), source })?;
        Ok(Self {
            stream,
            out: BytesMut::new(),
            framer: options.framer(),
            request_timeout: options.request_timeout,
            owed: 0,
            timed: false,
            marker: PhantomData,
        })
    }
}

impl<S: Encode, R> Client<S, R> {
    /// Sends a frame.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be put on the wire; nothing is sent then.
    /// [`Error::Io`] if the connection broke.
    pub fn send(&mut self, frame: &S) -> Result<()> {
        self.out.clear();
        frame.encode(&mut self.out)?;
        self.stream.write_all(&self.out)?;
        if self.out.capacity() > Framer::KEEP {
            self.out = BytesMut::new();
        }
        Ok(())
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
    pub fn recv(&mut self) -> Result<Option<R>> {
        self.recv_until(None)
    }

    fn recv_until(&mut self, due: Option<Instant>) -> Result<Option<R>> {
        loop {
            if let Some(frame) = self.framer.next_frame()? {
                self.owed = self.owed.saturating_sub(1);
                return Ok(Some(frame));
            }
            if self.framer.is_finished() {
                return Ok(None);
            }
            self.read(due)?;
        }
    }

    /// Reads once. `std` reads only into bytes that are written already, so the room is filled first.
    fn read(&mut self, due: Option<Instant>) -> Result<()> {
        let left = due.map(|due| due.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(NO_REPLY);
        }
        if left.is_some() || self.timed {
            self.stream.set_read_timeout(left)?;
            self.timed = left.is_some();
        }
        let room = self.framer.room();
        let (start, end) = (room.len(), room.capacity());
        room.resize(end, 0);
        let read = self.stream.read(room.get_mut(start..).unwrap_or_default());
        room.truncate(start + read.as_ref().copied().unwrap_or(0));
        match read {
            Ok(0) => self.framer.finish(),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if is_timeout(&error) && due.is_some() => return Err(NO_REPLY),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

impl<S: Encode, R: for<'a> Decode<'a>> Client<S, R> {
    /// Sends a request and waits for its reply, which is the next frame the
    /// server sends: for protocols that answer every frame by one, in order.
    ///
    /// <div class="warning">
    ///
    /// Where the server also sends frames of its own accord, one of those is taken for the reply, and every later `call`
    /// gets the reply to the one before it. For such a server [`send`](Self::send) and tell the frames of
    /// [`recv`](Self::recv) apart.
    ///
    /// </div>
    ///
    /// # Errors
    /// As [`send`](Self::send) and [`recv`](Self::recv), [`Error::Closed`] if the server closes the
    /// connection instead, and [`Error::Timeout`] if the reply is not there in time; when
    /// that reply comes after all, it is not mistaken for that of a later `call`.
    pub fn call(&mut self, request: &S) -> Result<R> {
        let due = self.request_timeout.and_then(|time| Instant::now().checked_add(time));
        self.send(request)?;
        self.owed += 1;
        loop {
            let reply = self.recv_until(due)?.ok_or(Error::Closed)?;
            if self.owed == 0 {
                return Ok(reply);
            }
        }
    }
}

impl<S, R> fmt::Debug for Client<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("stream", &self.stream).finish_non_exhaustive()
    }
}

const NO_REPLY: Error = Error::Timeout("no reply to the request");

/// How a read that ran out of time is reported depends on the system.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

/// Connects to the first of the addresses that answers.
fn connect(address: &impl ToSocketAddrs, time: Duration) -> io::Result<TcpStream> {
    let due = Instant::now() + time;
    let mut last = io::Error::new(io::ErrorKind::InvalidInput, "the name has no address");
    for address in address.to_socket_addrs()? {
        let left = due.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => {
                // Frames are written whole, so waiting for more would only delay them.
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
