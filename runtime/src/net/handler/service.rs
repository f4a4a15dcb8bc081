//! The common trait of [`Handler`]s and closures, as used by servers.

use std::future::Future;
use std::marker::PhantomData;
use std::task::Context;

use super::Handler;
use super::conn::Conn;
use crate::error::DecodeError;
use crate::frame::{Decode, Encode};
use crate::net::connection::close::{Close, CloseReason, GoesOn, Malformed};
use crate::net::connection::out_buffer::OutBuffer;

/// The argument of [`Server::new`](crate::net::Server::new) and [`serve`](crate::net::serve()): a
/// [`Handler`], or a closure from a frame to its replies.
///
/// The closure is `async |frame: In| reply`. The reply is a frame, an `Option` or a `Vec` of
/// frames, `()` for none, or a `Result` of one of these. An error closes the connection. The frame
/// owns its data. A [`Handler`] can also take frames that borrow; for such a frame in a closure the
/// compiler says that the [implementation of `Decode` is not general
/// enough](Decode#not-general-enough). The closure may capture values that are `Clone`, such as an
/// `Arc`, because it is cloned for each frame.
///
/// `M` distinguishes the two kinds and is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot handle frames",
    label = "neither a closure from frames to replies nor a `Handler`",
    note = "a closure is `async |frame: MyFrame| reply`, its argument's type written out; the reply is a frame, \
            an `Option` or a `Vec` of frames, `()`, or a `Result` of one of these",
    note = "a frame derives `Frame`; an enum needs `#[frame(tag = ..)]` as well, and a type with `ctx(..)` is not a frame by itself",
    note = "the closure must be `Clone + Send + Sync + 'static`: share what it captures in an `Arc`, and `move` it in",
    note = "anything else implements `Handler`"
)]
pub trait IntoHandler<M> {
    /// The service that the server runs.
    #[doc(hidden)]
    type Service: Service;

    #[doc(hidden)]
    fn into_service(self) -> Self::Service;
}

/// The replies that a closure returns; see [`IntoHandler`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reply",
    label = "a reply is a frame, an `Option` or a `Vec` of frames, `()`, or a `Result` of one of these"
)]
pub trait Reply {
    #[doc(hidden)]
    fn write<W: WriteFrame>(self, out: &mut W) -> Result<(), Close>;
}

/// The destination of replies: the out-buffer of a stream, or datagrams.
#[doc(hidden)]
pub trait WriteFrame {
    fn write_frame<T: Encode>(&mut self, frame: &T) -> Result<(), Close>;
}

/// The common trait of [`Handler`]s and closures, as used by servers. Implement [`Handler`]
/// instead.
// A `Handler` writes to its `Conn`. A closure returns its replies, which go straight into the
// out-buffer of the loop that calls it.
#[doc(hidden)]
pub trait Service: Send + Sync + 'static {
    #[doc(hidden)]
    type In<'a>: Decode<'a>;
    #[doc(hidden)]
    type Out;
    #[doc(hidden)]
    type State: Send;

    /// Whether the frames of one peer share state.
    #[doc(hidden)]
    const KEEPS_STATE: bool = true;

    /// Whether the service sends through its [`Conn`] instead of returning replies.
    #[doc(hidden)]
    const SENDS: bool = false;

    #[doc(hidden)]
    fn open(&self, conn: &mut Conn<Self::Out>) -> impl Future<Output = Result<Self::State, Close>> + Send;

    #[doc(hidden)]
    fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<Self::Out>,
        state: &'a mut Self::State,
        frame: Self::In<'a>,
    ) -> impl Future<Output: Reply> + Send;

    /// See [`Handler::batch_end`].
    #[doc(hidden)]
    fn batch_end(
        &self,
        conn: &mut Conn<Self::Out>,
        state: &mut Self::State,
    ) -> impl Future<Output = Result<(), Close>> + Send {
        let _ = (conn, state);
        async { Ok(()) }
    }

    /// See [`Handler::ending`].
    #[doc(hidden)]
    fn ending(&self, conn: &mut Conn<Self::Out>, state: &mut Self::State, why: &CloseReason) {
        let _ = (conn, state, why);
    }

    /// Decides how the connection continues after a malformed frame.
    #[doc(hidden)]
    fn malformed(&self, conn: &mut Conn<Self::Out>, state: &mut Self::State, error: &DecodeError) -> GoesOn {
        let _ = (conn, state, error);
        GoesOn::Nowhere
    }

    /// Returns `true` if frames are still being handled, and wakes the task when one of them is done.
    #[doc(hidden)]
    fn is_busy(&self, state: &mut Self::State, cx: &mut Context<'_>) -> bool {
        let _ = (state, cx);
        false
    }

    /// Waits for frames that are still being handled, so that their replies can be flushed.
    #[doc(hidden)]
    fn settle(&self, state: &mut Self::State) -> impl Future<Output = ()> + Send {
        let _ = state;
        async {}
    }

    /// Returns the reason why the connection has ended. It differs from `why` if a frame that was
    /// still being handled has failed.
    #[doc(hidden)]
    fn reason(&self, state: &mut Self::State, why: CloseReason) -> CloseReason {
        let _ = state;
        why
    }

    #[doc(hidden)]
    fn closed(&self, state: Self::State, why: CloseReason) -> impl Future<Output = ()> + Send;
}

/// A [`Handler`] as a service.
#[doc(hidden)]
#[derive(Debug)]
pub struct ByTrait<H>(H);

impl<H> ByTrait<H> {
    pub(crate) fn handler(&self) -> &H {
        &self.0
    }
}

impl<H: Handler> IntoHandler<ByTrait<()>> for H {
    type Service = ByTrait<H>;

    fn into_service(self) -> ByTrait<H> {
        ByTrait(self)
    }
}

impl<H: Handler> Service for ByTrait<H> {
    type In<'a> = H::In<'a>;
    type Out = H::Out;
    type State = H::State;
    const SENDS: bool = true;

    fn open(&self, conn: &mut Conn<H::Out>) -> impl Future<Output = Result<H::State, Close>> + Send {
        self.0.open(conn)
    }

    fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<H::Out>,
        state: &'a mut H::State,
        frame: H::In<'a>,
    ) -> impl Future<Output: Reply> + Send {
        self.0.frame(conn, state, frame)
    }

    fn batch_end(
        &self,
        conn: &mut Conn<H::Out>,
        state: &mut H::State,
    ) -> impl Future<Output = Result<(), Close>> + Send {
        self.0.batch_end(conn, state)
    }

    fn ending(&self, conn: &mut Conn<H::Out>, state: &mut H::State, why: &CloseReason) {
        self.0.ending(conn, state, why);
    }

    fn malformed(&self, conn: &mut Conn<H::Out>, state: &mut H::State, error: &DecodeError) -> GoesOn {
        match self.0.malformed(conn, state, error) {
            Malformed::Close => GoesOn::Nowhere,
            Malformed::Reply(frame) if conn.send(&frame).is_ok() => GoesOn::BehindTheFrame,
            Malformed::Reply(_) => GoesOn::Nowhere,
            Malformed::Skip => GoesOn::BehindTheFrame,
            Malformed::Resync => GoesOn::AtTheNextFrame,
        }
    }

    fn closed(&self, state: H::State, why: CloseReason) -> impl Future<Output = ()> + Send {
        self.0.closed(state, why)
    }
}

/// A closure as a service.
#[doc(hidden)]
pub struct ByClosure<F, In> {
    closure: F,
    marker: PhantomData<fn(In)>,
}

impl<F, In, Fut> IntoHandler<fn(In) -> Fut> for F
where
    F: FnOnce(In) -> Fut + Clone + Send + Sync + 'static,
    In: for<'a> Decode<'a> + Send + 'static,
    Fut: Future<Output: Reply> + Send + 'static,
{
    type Service = ByClosure<F, In>;

    fn into_service(self) -> ByClosure<F, In> {
        ByClosure { closure: self, marker: PhantomData }
    }
}

impl<F, In> ByClosure<F, In> {
    /// Calls a clone of the closure.
    #[inline]
    pub(crate) fn begin<Fut>(&self, frame: In) -> Fut
    where
        F: FnOnce(In) -> Fut + Clone,
    {
        (self.closure.clone())(frame)
    }
}

impl<F, In, Fut> Service for ByClosure<F, In>
where
    F: FnOnce(In) -> Fut + Clone + Send + Sync + 'static,
    In: for<'a> Decode<'a> + Send + 'static,
    Fut: Future<Output: Reply> + Send + 'static,
{
    type In<'a> = In;
    type Out = ();
    type State = ();
    const KEEPS_STATE: bool = false;

    async fn open(&self, _: &mut Conn<()>) -> Result<(), Close> {
        Ok(())
    }

    fn frame<'a>(
        &'a self,
        _: &'a mut Conn<()>,
        (): &'a mut (),
        frame: In,
    ) -> impl Future<Output: Reply> + Send {
        self.begin(frame)
    }

    async fn closed(&self, (): (), _: CloseReason) {}
}

impl<T: Encode> Reply for T {
    #[inline]
    fn write<W: WriteFrame>(self, out: &mut W) -> Result<(), Close> {
        out.write_frame(&self)
    }
}

impl Reply for () {
    #[inline]
    fn write<W: WriteFrame>(self, _: &mut W) -> Result<(), Close> {
        Ok(())
    }
}

impl<T: Encode> Reply for Option<T> {
    #[inline]
    fn write<W: WriteFrame>(self, out: &mut W) -> Result<(), Close> {
        self.map_or(Ok(()), |frame| out.write_frame(&frame))
    }
}

impl<T: Encode> Reply for Vec<T> {
    #[inline]
    fn write<W: WriteFrame>(self, out: &mut W) -> Result<(), Close> {
        self.iter().try_for_each(|frame| out.write_frame(frame))
    }
}

impl<R: Reply, E: Into<Close>> Reply for Result<R, E> {
    #[inline]
    fn write<W: WriteFrame>(self, out: &mut W) -> Result<(), Close> {
        self.map_err(Into::into)?.write(out)
    }
}

impl WriteFrame for OutBuffer {
    #[inline]
    fn write_frame<T: Encode>(&mut self, frame: &T) -> Result<(), Close> {
        self.push(frame)?;
        Ok(())
    }
}
