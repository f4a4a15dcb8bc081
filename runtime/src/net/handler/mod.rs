//! What a server does with frames: the [`Handler`] trait.

pub(super) mod concurrency;
pub(super) mod conn;
pub(super) mod connection;
pub(super) mod hub;
pub(super) mod service;

use std::future::Future;

use crate::error::DecodeError;
use crate::frame::{Decode, Encode};
use crate::net::connection::close::{Close, CloseReason, Malformed};
use conn::Conn;

/// What a server does with the frames of its connections.
///
/// One handler serves all connections; what belongs to one of them is its
/// [`State`](Self::State). The methods are written as `async fn`. Frames of one connection are
/// handled one after the other, and while one waits the replies made before it are
/// flushed.
///
/// A stateless exchange of one frame for another is shorter as a closure:
/// `async |msg: ChatMsg| reply`; see [`IntoHandler`](crate::net::IntoHandler).
///
/// ```
/// use framewright::net::Close;
/// use framewright::prelude::*;
///
/// #[derive(Frame)]
/// struct Line { #[until(b"\n")] text: String }
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Count { lines: u32 }
///
/// struct Counter;
///
/// impl Handler for Counter {
///     type In<'a> = Line;
///     type Out = Count;
///     type State = u32;
///
///     async fn open(&self, _: &mut Conn<Count>) -> Result<u32, Close> {
///         Ok(0)
///     }
///
///     async fn frame(&self, conn: &mut Conn<Count>, lines: &mut u32, line: Line) -> Result<(), Close> {
///         if line.text == "exit" {
///             return Err(Close::new());
///         }
///         *lines += 1;
///         Ok(conn.send(&Count { lines: *lines })?)
///     }
/// }
/// ```
///
/// # Frames that borrow
///
/// A handler, and it alone, may take frames that borrow from the receive buffer: nothing is copied. Its
/// `frame` then needs the lifetimes of the trait. Closures and clients take owned frames.
///
/// ```
/// # use framewright::net::Close;
/// # use framewright::prelude::*;
/// # #[derive(Frame)]
/// # #[frame(be)]
/// # struct Count { lines: u32 }
/// # struct Counter;
/// #[derive(Frame)]
/// struct Line<'a> { #[until(b"\n")] text: &'a str }
///
/// impl Handler for Counter {
///     type In<'a> = Line<'a>;
/// #   type Out = Count;
/// #   type State = u32;
/// #   async fn open(&self, _: &mut Conn<Count>) -> Result<u32, Close> { Ok(0) }
///     // The rest is as above.
///
///     async fn frame<'a>(
///         &'a self,
///         conn: &'a mut Conn<Count>,
///         lines: &'a mut u32,
///         line: Line<'a>,
///     ) -> Result<(), Close> {
///         // ..
/// #       let _ = line.text;
/// #       *lines += 1;
/// #       Ok(conn.send(&Count { lines: *lines })?)
///     }
/// }
/// ```
pub trait Handler: Send + Sync + 'static {
    /// What the peer sends. It may borrow from the receive buffer.
    type In<'a>: Decode<'a>;

    /// What is sent to the peer.
    type Out: Encode;

    /// What is kept for each connection.
    type State: Send;

    /// A connection was accepted. Frames may be sent before any has arrived.
    ///
    /// # Errors
    /// Closes the connection; [`closed`](Self::closed) is not called, as there is no state.
    ///
    /// # Cancel safety
    /// As [`frame`](Self::frame).
    fn open(&self, conn: &mut Conn<Self::Out>) -> impl Future<Output = Result<Self::State, Close>> + Send;

    /// A frame has arrived.
    ///
    /// # Errors
    /// Closes the connection once everything sent before is flushed.
    ///
    /// # Cancel safety
    /// The future is dropped where it waits if the connection breaks meanwhile
    /// or the server's time to drain is over.
    fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<Self::Out>,
        state: &'a mut Self::State,
        frame: Self::In<'a>,
    ) -> impl Future<Output = Result<(), Close>> + Send;

    /// Everything that had arrived is handled; what was sent goes out next. It is called behind the last frame of each
    /// batch, also where the connection ends with it.
    ///
    /// A handler that forwards frames [feeds](crate::Client::feed) them to the other connection in [`frame`](Self::frame) and flushes that
    /// connection here, so that many frames go out in one write. A `frame` that waits for the answer to what it has only fed waits for
    /// ever.
    ///
    /// # Errors
    /// As [`frame`](Self::frame).
    ///
    /// # Cancel safety
    /// As [`frame`](Self::frame).
    fn batch_end(
        &self,
        conn: &mut Conn<Self::Out>,
        state: &mut Self::State,
    ) -> impl Future<Output = Result<(), Close>> + Send {
        let _ = (conn, state);
        async { Ok(()) }
    }

    /// The peer sent a malformed frame. By default the connection is closed. To answer with an error where the end of the frame is
    /// known, such as that of a datagram, take an [`Attempt`](crate::Attempt) of the frame instead: it has the bytes.
    ///
    /// It is also asked about a frame that is not whole in [time](crate::net::Limits::frame_time), where another can be found behind its
    /// beginning: [`Malformed::Resync`] goes on there, any other answer closes the connection.
    fn malformed(
        &self,
        conn: &mut Conn<Self::Out>,
        state: &mut Self::State,
        error: &DecodeError,
    ) -> Malformed<Self::Out> {
        let _ = (conn, state, error);
        Malformed::Close
    }

    /// The last word: what this sends is flushed before the connection is closed, also at a timeout, at a drain and behind malformed
    /// bytes, for which the peer then has a second. It is not called after a panic, and what it sends is lost where the connection is broken.
    fn ending(&self, conn: &mut Conn<Self::Out>, state: &mut Self::State, why: &CloseReason) {
        let _ = (conn, state, why);
    }

    /// The connection has ended. Called exactly once for every [`open`](Self::open) that
    /// succeeded, whatever happened.
    ///
    /// # Cancel safety
    /// The future is dropped where it waits if it takes longer than [`Limits::drain`](crate::net::Limits::drain).
    fn closed(&self, state: Self::State, why: CloseReason) -> impl Future<Output = ()> + Send {
        let _ = (state, why);
        async {}
    }
}
