//! The [`Handler`] trait: how a server answers frames.

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

/// Answers the frames of a server's connections.
///
/// One handler serves all connections; each connection has its own [`State`](Self::State). The
/// methods can be written as `async fn`. Frames of one connection are handled one after the other;
/// while the handler waits, earlier replies are flushed.
///
/// To answer frames without state, a closure is shorter: `async |msg: ChatMsg| reply`; see
/// [`IntoHandler`](crate::net::IntoHandler).
///
/// ```
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
/// Unlike closures and clients, a handler may take frames that borrow from the receive buffer, so
/// that nothing is copied. Its `frame` then needs the lifetimes of the trait.
///
/// ```
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
///     // The other items are the same.
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
    /// The frames from the peer. They may borrow from the receive buffer.
    type In<'a>: Decode<'a>;

    /// The frames to the peer.
    type Out: Encode;

    /// The state of each connection.
    type State: Send;

    /// Called when a connection was accepted. It may send frames before the peer has sent any.
    ///
    /// # Errors
    /// An error closes the connection. [`closed`](Self::closed) is not called, because no state was
    /// made.
    ///
    /// # Cancel safety
    /// Same as [`frame`](Self::frame).
    fn open(&self, conn: &mut Conn<Self::Out>) -> impl Future<Output = Result<Self::State, Close>> + Send;

    /// Handles a frame.
    ///
    /// # Errors
    /// An error closes the connection, after flushing the frames sent before.
    ///
    /// # Cancel safety
    /// The future is dropped while it waits if the connection breaks or the server's drain time is
    /// over.
    fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<Self::Out>,
        state: &'a mut Self::State,
        frame: Self::In<'a>,
    ) -> impl Future<Output = Result<(), Close>> + Send;

    /// Called after the last frame of each batch: when everything that had arrived was handled, and
    /// before the replies are written. It is also called if the connection ends with the batch.
    ///
    /// A handler that forwards frames [feeds](crate::Client::feed) them to the other connection in
    /// [`frame`](Self::frame) and flushes that connection here, so that many frames go out in one
    /// write. Do not wait in `frame` for the reply to a request that was only fed: the wait would
    /// never end. The example `forward` is such a proxy. A [`Session`](crate::Session) can also be
    /// fed with borrowed frames, which are then copied only once, into its out-buffer.
    ///
    /// # Errors
    /// Same as [`frame`](Self::frame).
    ///
    /// # Cancel safety
    /// Same as [`frame`](Self::frame).
    fn batch_end(
        &self,
        conn: &mut Conn<Self::Out>,
        state: &mut Self::State,
    ) -> impl Future<Output = Result<(), Close>> + Send {
        let _ = (conn, state);
        async { Ok(()) }
    }

    /// Decides how to continue after a malformed frame. By default the connection is closed. If the
    /// end of the frame is known, as for a datagram, and the reply needs the frame's bytes, use an
    /// [`Attempt`](crate::Attempt) of the frame as [`In`](Self::In) instead. To answer a frame with
    /// a correct envelope and a malformed body, make the body an `Attempt`: the frame then goes to
    /// [`frame`](Self::frame).
    ///
    /// This method is also called for a frame that is not complete within
    /// [`Limits::frame_time`](crate::net::Limits::frame_time), if [`Malformed::Resync`] is possible
    /// for this frame type. In that case [`Malformed::Resync`] continues with the next frame, and
    /// any other result closes the connection.
    fn malformed(
        &self,
        conn: &mut Conn<Self::Out>,
        state: &mut Self::State,
        error: &DecodeError,
    ) -> Malformed<Self::Out> {
        let _ = (conn, state, error);
        Malformed::Close
    }

    /// Called before the connection is closed, to send last frames. They are flushed even after
    /// malformed bytes, a timeout or a drain; in the last two cases the peer has one second to read
    /// them. This method is not called after a panic. If the connection is broken, the frames are
    /// lost.
    fn ending(&self, conn: &mut Conn<Self::Out>, state: &mut Self::State, why: &CloseReason) {
        let _ = (conn, state, why);
    }

    /// Called once the connection has ended, one time for every [`open`](Self::open) that
    /// succeeded.
    ///
    /// # Cancel safety
    /// The future is dropped if it takes longer than [`Limits::drain`](crate::net::Limits::drain).
    fn closed(&self, state: Self::State, why: CloseReason) -> impl Future<Output = ()> + Send {
        let _ = (state, why);
        async {}
    }
}
