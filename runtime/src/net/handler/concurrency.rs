//! Handlers and closures that handle several frames of one connection concurrently.

use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::Handler;
use super::conn::Conn;
use super::connection::{Panicked, caught};
use super::service::{ByClosure, ByTrait, Reply, Service, WriteFrame};
use crate::error::DecodeError;
use crate::frame::Decode;
use crate::net::connection::close::{Close, CloseReason, GoesOn};
use crate::net::connection::out_buffer::OutBuffer;
use crate::net::connection::outbox::{Outbox, Stage};
use crate::net::server::Server;

/// A closure that handles several frames of one connection concurrently.
///
/// The future of each frame is polled once when the frame arrives. If it is not ready then, it
/// becomes a task, and its replies go to the connection's outbox.
#[doc(hidden)]
pub struct Concurrent<F, In> {
    closure: Arc<ByClosure<F, In>>,
    limit: usize,
}

/// A handler that handles several frames of one connection concurrently.
#[doc(hidden)]
pub struct ConcurrentHandler<H, In> {
    handler: Arc<ByTrait<H>>,
    limit: usize,
    marker: PhantomData<fn(In)>,
}

impl<F, In> Server<ByClosure<F, In>> {
    /// Handles up to `limit` frames of each connection concurrently, and answers each as soon as it
    /// is handled. This is for protocols with an id in each reply. By default frames are handled
    /// one after the other, in order. Concurrent frames start in the order of their arrival: the
    /// closure of a frame runs up to its first wait before the closure of the next frame starts.
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Job { id: u32, millis: u32 }
    ///
    /// let server = Server::new(async |job: Job| {
    ///     tokio::time::sleep(std::time::Duration::from_millis(job.millis.into())).await;
    ///     job
    /// })
    /// .concurrency(64);
    /// ```
    #[must_use]
    pub fn concurrency(self, limit: usize) -> Server<Concurrent<F, In>> {
        self.map(|closure| Concurrent { closure, limit: limit.max(1) })
    }
}

impl<H> Server<ByTrait<H>> {
    /// Handles up to `limit` frames of each connection concurrently, with a [`Handler`] of owned
    /// frames.
    ///
    /// Each frame is handled with a clone of the state that `open` returned. To share data between
    /// frames, put it in an `Arc`. Each frame has its own [`Conn`] to the same peer. The other
    /// methods of the handler are called as usual.
    ///
    /// Replies that are ready at the same time share one out-buffer. If together they exceed
    /// [`Limits::out_buffer`](crate::net::Limits::out_buffer), [`Conn::send`] fails with
    /// [`Error::Full`](crate::Error::Full), which closes the connection. `conn.handle().send(..)`
    /// waits for room instead, as the reply of a closure does.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU32, Ordering};
    ///
    /// use framewright::net::Close;
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Job { id: u32, millis: u32 }
    ///
    /// struct Worker;
    ///
    /// impl Handler for Worker {
    ///     type In<'a> = Job;
    ///     type Out = Job;
    ///     /// How many jobs are done.
    ///     type State = Arc<AtomicU32>;
    ///
    ///     async fn open(&self, _: &mut Conn<Job>) -> Result<Arc<AtomicU32>, Close> {
    ///         Ok(Arc::default())
    ///     }
    ///
    ///     async fn frame(&self, conn: &mut Conn<Job>, done: &mut Arc<AtomicU32>, job: Job) -> Result<(), Close> {
    ///         tokio::time::sleep(std::time::Duration::from_millis(job.millis.into())).await;
    ///         done.fetch_add(1, Ordering::Relaxed);
    ///         Ok(conn.handle().send(job).await?)
    ///     }
    /// }
    ///
    /// let server = Server::new(Worker).concurrency(64);
    /// ```
    #[must_use]
    pub fn concurrency<In>(self, limit: usize) -> Server<ConcurrentHandler<H, In>>
    where
        H: for<'a> Handler<In<'a> = In>,
    {
        self.map(|handler| ConcurrentHandler { handler, limit: limit.max(1), marker: PhantomData })
    }
}

/// The frames of one connection that are being handled. Dropping an `InFlight` cancels them.
#[doc(hidden)]
#[derive(Debug)]
pub struct InFlight {
    tasks: JoinSet<()>,
    permits: Arc<Semaphore>,
    limit: usize,
    /// The first failure among the frames that became tasks.
    failed: Arc<Mutex<Option<CloseReason>>>,
}

impl InFlight {
    fn new(limit: usize) -> Self {
        let limit = limit.min(Semaphore::MAX_PERMITS);
        let permits = Arc::new(Semaphore::new(limit));
        Self { tasks: JoinSet::new(), permits, limit, failed: Arc::default() }
    }

    /// Waits until another frame may be handled.
    async fn permit(&mut self) -> Option<OwnedSemaphorePermit> {
        // A connection that never waits frees the memory of the tasks that have ended here.
        while self.tasks.try_join_next().is_some() {}
        // The semaphore is never closed.
        Arc::clone(&self.permits).acquire_owned().await.ok()
    }

    /// Called whenever the connection waits. Frees the memory of the tasks that have ended, and wakes
    /// the connection when another one ends. Returns `true` if the connection was busy until now.
    fn is_busy(&mut self, cx: &mut Context<'_>) -> bool {
        let mut was_busy = false;
        while let Poll::Ready(Some(_)) = self.tasks.poll_join_next(cx) {
            was_busy = true;
        }
        was_busy || self.permits.available_permits() < self.limit
    }

    async fn settle(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }

    fn reason(&self, why: CloseReason) -> CloseReason {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(why)
    }
}

/// Polls the future of a frame once. Most frames are done after that.
async fn begin<F: Future>(work: &mut Pin<Box<F>>) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx))).await
}

/// Closes a connection because a frame failed. A frame has not failed if its replies are refused
/// because the connection is being closed. This is decided here, before the failure itself closes the
/// connection.
fn fail(why: CloseReason, outbox: &Outbox, failed: &Mutex<Option<CloseReason>>) {
    if matches!(&why, CloseReason::Handler(close) if outbox.has_refused(close)) {
        return;
    }
    failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    outbox.advance(Stage::Closing);
}

impl<F, In, Fut> Service for Concurrent<F, In>
where
    F: FnOnce(In) -> Fut + Clone + Send + Sync + 'static,
    In: for<'a> Decode<'a> + Send + 'static,
    Fut: Future<Output: Reply> + Send + 'static,
{
    type In<'a> = In;
    type Out = ();
    type State = InFlight;

    async fn open(&self, _: &mut Conn<()>) -> Result<InFlight, Close> {
        Ok(InFlight::new(self.limit))
    }

    fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<()>,
        flight: &'a mut InFlight,
        frame: In,
    ) -> impl Future<Output: Reply> + Send {
        async move {
            let permit = flight.permit().await;
            let mut answer = Box::pin(self.closure.begin(frame));
            if let Poll::Ready(reply) = begin(&mut answer).await {
                return Done(Some(reply));
            }
            flight.tasks.spawn(finish(answer, conn.outbox(), Arc::clone(&flight.failed), permit));
            Done(None)
        }
    }

    fn is_busy(&self, flight: &mut InFlight, cx: &mut Context<'_>) -> bool {
        flight.is_busy(cx)
    }

    async fn settle(&self, flight: &mut InFlight) {
        flight.settle().await;
    }

    fn reason(&self, flight: &mut InFlight, why: CloseReason) -> CloseReason {
        flight.reason(why)
    }

    async fn closed(&self, _: InFlight, _: CloseReason) {}
}

/// Waits until a frame is handled, and sends its replies.
async fn finish<F: Future<Output: Reply>>(
    answer: F,
    outbox: Arc<Outbox>,
    failed: Arc<Mutex<Option<CloseReason>>>,
    permit: Option<OwnedSemaphorePermit>,
) {
    let mut replies = OutBuffer::new();
    let written = caught(pin!(async { answer.await.write(&mut replies) })).await;
    // Replies written before an error are still sent.
    if !replies.is_empty() {
        outbox.deliver(replies).await;
    }
    match written {
        Ok(Ok(())) => {}
        Ok(Err(close)) => fail(CloseReason::Handler(close), &outbox, &failed),
        Err(Panicked) => fail(CloseReason::Panic, &outbox, &failed),
    }
    drop(permit);
}

/// The reply of a frame that is done, or `None` for a frame that became a task.
struct Done<R>(Option<R>);

impl<R: Reply> Reply for Done<R> {
    fn write<W: WriteFrame>(self, out: &mut W) -> Result<(), Close> {
        self.0.map_or(Ok(()), |reply| reply.write(out))
    }
}

impl<H, In> Service for ConcurrentHandler<H, In>
where
    H: for<'a> Handler<In<'a> = In, State: Clone>,
    In: for<'a> Decode<'a> + Send + 'static,
    H::Out: 'static,
    H::State: 'static,
{
    type In<'a> = In;
    type Out = H::Out;
    type State = (H::State, InFlight);
    const SENDS: bool = true;

    async fn open(&self, conn: &mut Conn<H::Out>) -> Result<Self::State, Close> {
        Ok((self.handler.open(conn).await?, InFlight::new(self.limit)))
    }

    fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<H::Out>,
        (state, flight): &'a mut Self::State,
        frame: In,
    ) -> impl Future<Output: Reply> + Send {
        async move {
            let permit = flight.permit().await;
            let (handler, outbox, state) = (Arc::clone(&self.handler), conn.outbox(), state.clone());
            let mut work = Box::pin(handle(handler, Arc::clone(&outbox), state, frame));
            if let Poll::Ready(done) = begin(&mut work).await {
                return done;
            }
            let failed = Arc::clone(&flight.failed);
            flight.tasks.spawn(async move {
                // Sending a frame does not wake the connection's task, because usually that task
                // polls the handler. Here another task polls the handler.
                let telling = poll_fn(|cx| {
                    let done = work.as_mut().poll(cx);
                    outbox.wake_if_filled();
                    done
                });
                match caught(pin!(telling)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(close)) => fail(CloseReason::Handler(close), &outbox, &failed),
                    Err(Panicked) => fail(CloseReason::Panic, &outbox, &failed),
                }
                drop(permit);
            });
            Ok(())
        }
    }

    fn batch_end(
        &self,
        conn: &mut Conn<H::Out>,
        (state, _): &mut Self::State,
    ) -> impl Future<Output = Result<(), Close>> + Send {
        self.handler.batch_end(conn, state)
    }

    fn ending(&self, conn: &mut Conn<H::Out>, (state, _): &mut Self::State, why: &CloseReason) {
        self.handler.ending(conn, state, why);
    }

    fn malformed(
        &self,
        conn: &mut Conn<H::Out>,
        (state, _): &mut Self::State,
        error: &DecodeError,
    ) -> GoesOn {
        self.handler.malformed(conn, state, error)
    }

    fn is_busy(&self, (_, flight): &mut Self::State, cx: &mut Context<'_>) -> bool {
        flight.is_busy(cx)
    }

    async fn settle(&self, (_, flight): &mut Self::State) {
        flight.settle().await;
    }

    fn reason(&self, (_, flight): &mut Self::State, why: CloseReason) -> CloseReason {
        flight.reason(why)
    }

    fn closed(&self, (state, _): Self::State, why: CloseReason) -> impl Future<Output = ()> + Send {
        self.handler.closed(state, why)
    }
}

/// Handles a frame with its own [`Conn`] to the same peer and its own state.
async fn handle<H: for<'a> Handler<In<'a> = In>, In>(
    handler: Arc<ByTrait<H>>,
    outbox: Arc<Outbox>,
    mut state: H::State,
    frame: In,
) -> Result<(), Close> {
    let mut conn = Conn::new(outbox);
    handler.handler().frame(&mut conn, &mut state, frame).await?;
    if conn.is_closing() { Err(Close::new()) } else { Ok(()) }
}

impl<F, In> fmt::Debug for Concurrent<F, In> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Concurrent").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl<H, In> fmt::Debug for ConcurrentHandler<H, In> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConcurrentHandler").field("limit", &self.limit).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_waits_keeps_no_tasks_that_have_ended() {
        let mut flight = InFlight::new(100);
        for _ in 0..100 {
            let permit = flight.permit().await;
            flight.tasks.spawn(async move { drop(permit) });
        }
        // Each end wakes the connection.
        let ended = poll_fn(|cx| {
            flight.is_busy(cx);
            if flight.tasks.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        });
        timeout(Duration::from_secs(60), ended).await.expect("no task wakes the connection");
        assert_eq!(flight.permits.available_permits(), 100);
    }
}
