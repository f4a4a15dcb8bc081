//! Turning a session into a handler or a client, and a client into a session.

use std::sync::Arc;
use std::task::Context;
use std::time::Duration;

use super::parts::{Gone, continued};
use super::{BoxIo, Session};
use crate::error::Error;
use crate::net::client::Client;
use crate::net::connection::close::Close;
use crate::net::connection::out_buffer::OutBuffer;
use crate::net::handler::connection::Connection;
use crate::net::handler::service::{IntoHandler, Service};
use crate::stream::Framer;
use crate::stream::rest::Rest;

impl Session {
    /// Continues as a [`Handler`](crate::net::Handler), or a closure from frames to replies, until
    /// the connection ends. Bytes read ahead are handled first. The handler's methods are called as
    /// on a server's connection, `open` first and `closed` last.
    ///
    /// In another task than the conversation's, the handler is cut off when the conversation returns,
    /// even within a frame. Then the result is `Ok`.
    ///
    /// ```no_run
    /// use framewright::net::Close;
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Hello { version: u8 }
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Text { #[len_prefixed] text: String }
    ///
    /// let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
    ///     let hello: Hello = s.require().await?;
    ///     s.feed(&Hello { version: hello.version.min(2) })?;
    ///     s.serve(async |text: Text| text).await
    /// });
    /// ```
    ///
    /// # Errors
    /// Any end of the connection is an error, unless the peer or the handler closed it, or the
    /// server drained. The error is already logged and counted. An error that the conversation returns
    /// after it is not logged or counted again. A panic of the conversation is, unless the handler has
    /// panicked.
    ///
    /// # Cancel safety
    /// If cancelled, the connection is closed without telling the handler.
    pub async fn serve<M>(self, handler: impl IntoHandler<M>) -> Result<(), Close> {
        self.go_on(handler, None).await
    }

    /// Like [`serve`](Self::serve), but with this state.
    ///
    /// The handler's `open` is not called, so what it would have set on the connection is not set,
    /// such as [`keep_alive`](crate::net::Conn::keep_alive). The handler can set it in `frame`. A
    /// [deadline](Self::deadline) of the session still applies.
    ///
    /// # Errors
    /// Same as [`serve`](Self::serve).
    ///
    /// # Cancel safety
    /// Same as [`serve`](Self::serve).
    pub async fn serve_with<M, H>(
        self,
        handler: H,
        state: <H::Service as Service>::State,
    ) -> Result<(), Close>
    where
        H: IntoHandler<M>,
    {
        self.go_on(handler, Some(state)).await
    }

    async fn go_on<M, H>(
        mut self,
        handler: H,
        state: Option<<H::Service as Service>::State>,
    ) -> Result<(), Close>
    where
        H: IntoHandler<M>,
    {
        self.forget_last_frame();
        if !self.near.rest.is_nothing() {
            self.pass_over().await?;
        }
        // Recorded first, because the conversation may end in another thread meanwhile.
        let handled = self.link.handled();
        let taken = self.link.lock().transport.take();
        let mut transport = taken.filter(|_| !self.near.broken).ok_or(Error::Closed)?;
        self.near.hand_over(&mut transport);
        // These frames are not the handler's.
        transport.count();
        // The framer no longer skips malformed bytes by itself, because the handler decides about
        // them.
        let framer = std::mem::take(&mut self.near.framer).resyncs(false);
        let mut connection = Connection::resume(Arc::new(handler.into_service()), transport, framer);
        let ended = connection.run_from(state).await;
        drop(handled);
        ended
    }

    /// Returns the stream and the unwritten bytes, and the framer with the bytes read ahead, which
    /// begin with the rest of bodies.
    pub(crate) fn into_halves(mut self) -> (BoxIo, OutBuffer, Framer, Rest) {
        let mut framer = std::mem::take(&mut self.near.framer);
        let rest = std::mem::replace(&mut self.near.rest, Rest::NOTHING);
        let Some(mut transport) = self.take_transport() else {
            return (Box::new(Gone), OutBuffer::new(), framer, rest);
        };
        let (ahead, error) = transport.take_ahead();
        framer.room().extend_from_slice(&ahead);
        let io = continued(transport.io, OutBuffer::new(), transport.unflushed, error);
        (io, transport.out, framer, rest)
    }

    pub(crate) fn request_timeout(&self) -> Option<Duration> {
        self.near.request_timeout
    }

    /// Writes fed frames as far as possible without waiting.
    pub(crate) fn poll_begin(&mut self, cx: &mut Context<'_>) {
        if self.near.fed {
            // An error is ignored here, because it occurs again when the received bytes are used up
            // and the session waits for more.
            let _ = self.near.poll_flush(&self.link, cx, 0);
        }
    }

    /// Turns the session into a [`Client`] that sends `S` and receives `R`.
    #[must_use]
    pub fn into_client<S, R>(mut self) -> Client<S, R> {
        self.forget_last_frame();
        Client::from_session(self)
    }
}

impl<S, R> Client<S, R> {
    /// Turns the client back into a [`Session`]. Replies to calls that were given up are then
    /// received like any frame.
    #[must_use]
    pub fn into_session(self) -> Session {
        self.session
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, duplex};

    use super::*;
    use crate::net::session::link::Link;
    use crate::{ClientOptions, Frame};

    #[derive(Frame, Debug)]
    #[frame(be)]
    struct Number {
        value: u16,
    }

    /// A handler whose conversation ends while it begins, as it may in another thread.
    struct Late<H>(Arc<Link>, H);

    impl<M, H: IntoHandler<M>> IntoHandler<(M,)> for Late<H> {
        type Service = H::Service;

        fn into_service(self) -> H::Service {
            self.0.outbox.end();
            self.1.into_service()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pushed_frames_are_kept_if_the_conversation_ends_while_the_handler_begins() {
        let (ours, mut theirs) = duplex(64);
        let s = Session::over(ours, &ClientOptions::new());
        s.handle::<Number>().try_send(Number { value: 7 }).unwrap();
        let link = Arc::clone(&s.link);
        s.serve(Late(link, async |number: Number| number)).await.unwrap();
        let mut seen = Vec::new();
        theirs.read_to_end(&mut seen).await.unwrap();
        assert_eq!(seen, [0, 7]);
    }
}
