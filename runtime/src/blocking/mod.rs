//! Clients on `std::net`, without tokio.

mod connection;
mod session;

pub use session::{Body, Session};

use std::fmt;
use std::io::{Read, Write};
use std::marker::PhantomData;
use std::net::ToSocketAddrs;
use std::time::Instant;

use self::connection::Connection;
use crate::error::{Error, Result};
use crate::frame::{Decode, Encode, Layout};
use crate::options::{ClientOptions, as_given};

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
    connection: Connection,
    /// How many replies are still to come to calls, given up ones included.
    owed: usize,
    marker: PhantomData<fn(&S) -> R>,
}

impl<S, R: Layout> Client<S, R> {
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
        options.check::<R>().map_err(|source| Error::Connect { address: as_given(&address), source })?;
        Ok(Self::of(Connection::connect(address, &options)?))
    }
}

impl<S, R> Client<S, R> {
    /// A client over anything that reads and writes, such as a serial port or a Unix socket.
    ///
    /// It cannot be told to give up reading, so [`ClientOptions::request_timeout`] only holds between two reads.
    pub fn over(io: impl Read + Write + Send + 'static, options: &ClientOptions) -> Self {
        Self::of(Connection::over(io, options))
    }

    fn of(connection: Connection) -> Self {
        Self { connection, owed: 0, marker: PhantomData }
    }

    /// Goes back to a [`Session`], which has no types of its own.
    #[must_use]
    pub fn into_session(self) -> Session {
        Session::of(self.connection)
    }
}

impl<S: Encode, R> Client<S, R> {
    /// Sends a frame.
    ///
    /// # Errors
    /// [`Error::Encode`] for a frame that cannot be put on the wire; nothing is sent then.
    /// [`Error::Io`] if the connection broke.
    pub fn send(&mut self, frame: &S) -> Result<()> {
        self.connection.feed(frame)?;
        self.connection.flush()
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
    pub fn recv(&mut self) -> Result<Option<R>> {
        self.recv_until(None)
    }

    fn recv_until(&mut self, due: Option<Instant>) -> Result<Option<R>> {
        loop {
            if let Some(frame) = self.connection.framer.next_frame()? {
                self.owed = self.owed.saturating_sub(1);
                return Ok(Some(frame));
            }
            if !self.connection.read(due)? {
                return Ok(None);
            }
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
    /// gets the reply to the one before it. For such a server [`send`](Self::send) and tell the frames of
    /// [`recv`](Self::recv) apart.
    ///
    /// </div>
    ///
    /// # Errors
    /// As [`send`](Self::send) and [`recv`](Self::recv), [`Error::Closed`] if the server closes the
    /// connection instead, and [`Error::Timeout`] if the reply is not there in time; when
    /// that reply comes after all, it is not mistaken for that of a later `call`. If not even the request could be sent in
    /// time, the connection is of no more use: later calls are [`Error::Closed`].
    pub fn call(&mut self, request: &S) -> Result<R> {
        let due = self.connection.due();
        self.connection.feed(request)?;
        self.connection.flush_until(due)?;
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
        f.debug_struct("Client").field("owed", &self.owed).finish_non_exhaustive()
    }
}
