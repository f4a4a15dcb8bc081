//! The two halves of a blocking client, one for sending and one for receiving.

use std::fmt;
use std::marker::PhantomData;

use super::Client;
use super::connection::Connection;
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::frame::{Decode, Encode};

impl<S, R> Client<S, R> {
    /// Splits the client into two halves for separate threads: one receives while the other sends.
    /// Dropping the sending half closes the sending side, so that the server sees the end of the
    /// stream. Both halves keep the deadline that was set on the [`Session`](super::Session), and it
    /// can no longer be changed.
    ///
    /// ```no_run
    /// # use framewright::{blocking, prelude::*};
    /// # #[derive(Frame, Debug)]
    /// # #[frame(be)]
    /// # struct Text { #[len_prefixed] text: String }
    /// # fn f() -> framewright::Result<()> {
    /// let (mut sender, receiver) = blocking::Client::<Text>::connect("127.0.0.1:8888")?.split()?;
    /// std::thread::spawn(move || {
    ///     for text in receiver {
    ///         println!("{text:?}");
    ///     }
    /// });
    /// sender.send(&Text { text: "hello".into() })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Io`] of the kind `Unsupported` for a client over a stream that is not a socket. The
    /// client is dropped then.
    pub fn split(self) -> Result<(Sender<S>, Receiver<R>)> {
        let (sends, receives) = self.connection.split()?;
        let sender = Sender { connection: sends, marker: PhantomData };
        Ok((sender, Receiver { connection: receives, failed: false, marker: PhantomData }))
    }
}

/// The sending half of a [`Client`]. When it is dropped, the sending side is closed.
pub struct Sender<S> {
    connection: Connection,
    marker: PhantomData<fn(&S)>,
}

impl<S> Sender<S> {
    /// Same as [`Client::flush`].
    ///
    /// # Errors
    /// Same as [`Client::flush`].
    pub fn flush(&mut self) -> Result<()> {
        self.connection.flush()
    }

    /// Flushes, and then closes the sending side, so that the server sees the end of the stream.
    ///
    /// # Errors
    /// Same as [`flush`](Self::flush).
    pub fn close(&mut self) -> Result<()> {
        self.flush()?;
        self.connection.close_sending();
        Ok(())
    }

    /// Closes the connection in both directions. A thread that waits for the receiving half, and all
    /// later calls of both halves, get [`Error::Closed`].
    pub fn abort(&mut self) {
        self.connection.abort();
    }
}

impl<S> Drop for Sender<S> {
    fn drop(&mut self) {
        self.connection.close_sending();
    }
}

impl<S: Encode> Sender<S> {
    /// Same as [`Client::send`].
    ///
    /// # Errors
    /// Same as [`Client::send`].
    pub fn send(&mut self, frame: &S) -> Result<()> {
        self.feed(frame)?;
        self.flush()
    }

    /// Same as [`Client::feed`].
    ///
    /// # Errors
    /// Same as [`Client::feed`].
    pub fn feed(&mut self, frame: &S) -> Result<()> {
        self.connection.feed(frame)
    }
}

impl<S> fmt::Debug for Sender<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("unsent", &self.connection.out.len()).finish_non_exhaustive()
    }
}

/// The receiving half of a [`Client`].
pub struct Receiver<R> {
    connection: Connection,
    /// Whether the `Iterator` of frames has ended with an error.
    failed: bool,
    marker: PhantomData<fn() -> R>,
}

impl<R: for<'a> Decode<'a>> Receiver<R> {
    /// Same as [`Client::recv`].
    ///
    /// # Errors
    /// Same as [`Client::recv`].
    pub fn recv(&mut self) -> Result<Option<R>> {
        self.connection.recv(None)
    }
}

/// The frames that arrive. The iterator ends when the server closes the connection, or after an
/// error.
impl<R: for<'a> Decode<'a>> Iterator for Receiver<R> {
    type Item = Result<R>;

    fn next(&mut self) -> Option<Result<R>> {
        if self.failed {
            return None;
        }
        let received = self.recv();
        self.failed = received.is_err();
        received.transpose()
    }
}

impl<R> fmt::Debug for Receiver<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("framer", &self.connection.framer).finish_non_exhaustive()
    }
}
