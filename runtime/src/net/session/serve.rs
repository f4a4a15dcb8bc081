//! Servers that run a session on each connection.

use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::Arc;

use super::link::Link;
use super::parts::boxed;
use super::{Io, Session};
use crate::frame::Layout;
use crate::net::connection::close::{Close, CloseReason};
use crate::net::handler::connection::report;
use crate::net::handler::service::Service;
use crate::net::server::connections::Admitted;
use crate::net::server::{Server, Setup};

/// The argument of [`Server::sessions`]: `async |mut s: Session| -> Result<(), Close> { .. }`, or
/// an `async fn` of the same form.
///
/// Captured values must be `Clone`, such as an `Arc`, because they are cloned for each connection.
/// `M` is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a conversation",
    label = "expected an `async |mut s: Session| -> Result<(), Close>`",
    note = "a conversation is `async |mut s: Session| -> Result<(), Close> {{ .. }}`, its argument's type written out, or an \
            `async fn` like it",
    note = "what it captures must be `Clone + Send + Sync + 'static`: share it in an `Arc`, and `move` it in; values \
            that live across an `.await` must be `Send`"
)]
pub trait Conversation<M>: Send + Sync + 'static {
    #[doc(hidden)]
    fn begin(&self, session: Session) -> impl Future<Output = Result<(), Close>> + Send;
}

impl<F, Fut> Conversation<fn(Session) -> Fut> for F
where
    F: FnOnce(Session) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Close>> + Send + 'static,
{
    fn begin(&self, session: Session) -> impl Future<Output = Result<(), Close>> + Send {
        (self.clone())(session)
    }
}

/// A session closure as a service.
#[doc(hidden)]
pub struct Sessions<F, M> {
    conversation: F,
    marker: PhantomData<fn() -> M>,
}

impl<F: Conversation<M>, M: 'static> Server<Sessions<F, M>> {
    /// Creates a server that runs a conversation on each connection. The conversation is an async
    /// closure over a [`Session`].
    ///
    /// The connection ends when the closure returns: sent frames are flushed, and an error is
    /// logged. The [limits](crate::net::Limits), the counters and the drain are the same as with a
    /// handler. While the closure waits for anything, sent and pushed frames are written, and a
    /// lost peer is detected. The closure is dropped while it waits if the connection breaks, a
    /// deadline passes, the drain time is over, or a [`Peer`](crate::net::Peer) closes the
    /// connection.
    ///
    /// ```no_run
    /// use framewright::net::Close;
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Hello { version: u8, #[len_prefixed(u8)] name: String }
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Line { #[until(b"\n")] text: String }
    ///
    /// # async fn f() -> framewright::Result<()> {
    /// let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
    ///     let hello: Hello = s.require().await?;
    ///     s.send(&Line { text: format!("welcome {}", hello.name) }).await?;
    ///     // From here on, lines.
    ///     while let Some(line) = s.recv::<Line>().await? {
    ///         s.feed(&line)?;
    ///     }
    ///     Ok(())
    /// });
    /// server.bind("127.0.0.1:8888").await?.serve().await
    /// # }
    /// ```
    pub fn sessions(conversation: F) -> Self {
        Self::of(Sessions { conversation, marker: PhantomData })
    }
}

/// A handler or a session closure that a server runs. The trait is for functions that take or
/// return a `Server<impl Serves>`, and is not meant to be implemented by users.
///
/// Such a server can be configured and bound, but has no `serve_connection`. For a test over
/// `tokio::io::duplex`, make the server from the handler or the closure itself.
///
/// ```
/// use framewright::net::{Close, Serves};
/// use framewright::prelude::*;
///
/// #[derive(Frame)]
/// struct Line { #[until(b"\n")] text: String }
///
/// fn greeter(greeting: String) -> Server<impl Serves> {
///     Server::sessions(async move |mut s: Session| -> Result<(), Close> {
///         let name: Line = s.require().await?;
///         Ok(s.send(&Line { text: format!("{greeting} {}", name.text) }).await?)
///     })
/// }
/// ```
pub trait Serves: Send + Sync + 'static {
    /// Returns `true` if the frames extend to the end of the stream.
    #[doc(hidden)]
    fn is_open() -> bool {
        false
    }

    #[doc(hidden)]
    fn run<IO: Io>(setup: Setup<Self>, io: IO, admitted: Admitted) -> impl Future<Output = ()> + Send
    where
        Self: Sized;
}

impl<S: Service> Serves for S {
    fn is_open() -> bool {
        <S::In<'_> as Layout>::OPEN
    }

    // The connection is built outside of the future, which would otherwise store the parts too.
    fn run<IO: Io>(setup: Setup<Self>, io: IO, admitted: Admitted) -> impl Future<Output = ()> + Send {
        let mut connection = setup.connection(io, &admitted);
        async move {
            // Errors have been logged.
            let _ = connection.run().await;
            drop(admitted);
        }
    }
}

impl<F: Conversation<M>, M: 'static> Serves for Sessions<F, M> {
    fn run<IO: Io>(setup: Setup<Self>, io: IO, admitted: Admitted) -> impl Future<Output = ()> + Send {
        let (service, transport) = setup.transport(boxed(io), &admitted);
        let framer = transport.framer();
        let link = Link::new(transport, true);
        let session = Session::new(Arc::clone(&link), framer, None);
        let link = Task(link);
        async move {
            tracing::info!("accepted");
            let why = {
                let mut talking = pin!(service.conversation.begin(session));
                poll_fn(|cx| link.0.poll_conversation(talking.as_mut(), cx)).await
            };
            // This is boxed, because it would otherwise take memory in each connection from its
            // start.
            Box::pin(finish(&link.0, why)).await;
            drop(admitted);
        }
    }
}

/// The task of a connection. If it is dropped, the connection ends, because a session in another task
/// would otherwise go on.
struct Task(Arc<Link>);

impl Drop for Task {
    fn drop(&mut self) {
        let transport = self.0.finish();
        self.0.outbox.end();
        drop(transport);
    }
}

/// Ends a connection after its conversation.
async fn finish(link: &Link, why: CloseReason) {
    let transport = link.finish();
    if link.outbox.reports(&why) {
        report(&why);
        if let Some(counters) = &link.counters {
            counters.ended(&why);
        }
    }
    let Some(mut transport) = transport else {
        // The stream was taken by another owner, who closes it.
        link.outbox.end();
        return;
    };
    let lingers = transport.shut(&why).await;
    transport.count();
    if lingers {
        transport.linger().await;
    }
}
