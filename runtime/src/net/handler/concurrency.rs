//! Closures that work on several frames of one connection at a time.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use bytes::BytesMut;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::conn::Conn;
use super::connection::{Panicked, caught};
use super::service::{ByClosure, Reply, Service, WriteFrame};
use crate::frame::Decode;
use crate::net::connection::close::{Close, CloseReason};
use crate::net::connection::outbox::{Outbox, Stage};
use crate::net::server::Server;

/// A closure that works on several frames of one connection at a time.
///
/// Each frame is begun where it arrives. What is not done at once becomes a task,
/// whose replies go to the connection's outbox when they are ready.
#[doc(hidden)]
pub struct Concurrent<F, In> {
    closure: Arc<ByClosure<F, In>>,
    limit: usize,
}

/// The frames of one connection that are being worked on. Dropped, they are given up.
#[doc(hidden)]
#[derive(Debug)]
pub struct InFlight {
    tasks: JoinSet<()>,
    permits: Arc<Semaphore>,
    /// What went wrong first with one that became a task.
    failed: Arc<Mutex<Option<CloseReason>>>,
}

impl<F, In> Server<ByClosure<F, In>> {
    /// Works on up to `limit` frames of each connection at a time, and answers them in the
    /// order in which they are done: for protocols whose replies carry an id. Without it
    /// frames are handled one after the other, in order.
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
        let permits = self.limit.min(Semaphore::MAX_PERMITS);
        Ok(InFlight {
            tasks: JoinSet::new(),
            permits: Arc::new(Semaphore::new(permits)),
            failed: Arc::default(),
        })
    }

    fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<()>,
        flight: &'a mut InFlight,
        frame: In,
    ) -> impl Future<Output: Reply> + Send {
        async move {
            while flight.tasks.try_join_next().is_some() {}
            // The semaphore is never closed.
            let permit = Arc::clone(&flight.permits).acquire_owned().await.ok();
            let mut answer = Box::pin(self.closure.begin(frame));
            let begun = poll_fn(|cx| Poll::Ready(answer.as_mut().poll(cx)));
            if let Poll::Ready(reply) = begun.await {
                return Done(Some(reply));
            }
            flight.tasks.spawn(finish(answer, conn.outbox(), Arc::clone(&flight.failed), permit));
            Done(None)
        }
    }

    fn is_busy(&self, flight: &mut InFlight) -> bool {
        flight.permits.available_permits() < self.limit.min(Semaphore::MAX_PERMITS)
    }

    async fn settle(&self, flight: &mut InFlight) {
        while flight.tasks.join_next().await.is_some() {}
    }

    fn reason(&self, flight: &mut InFlight, why: CloseReason) -> CloseReason {
        flight.failed.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(why)
    }

    async fn closed(&self, _: InFlight, _: CloseReason) {}
}

/// Works on a frame to the end and hands its replies over.
async fn finish<F: Future<Output: Reply>>(
    answer: F,
    outbox: Arc<Outbox>,
    failed: Arc<Mutex<Option<CloseReason>>>,
    permit: Option<OwnedSemaphorePermit>,
) {
    let mut replies = BytesMut::new();
    let written = caught(pin!(async { answer.await.write(&mut replies) })).await;
    // What was written before an error is still due.
    if !replies.is_empty() {
        outbox.deliver(&replies).await;
    }
    let why = match written {
        Ok(Ok(())) => None,
        Ok(Err(close)) => Some(CloseReason::Handler(close)),
        Err(Panicked) => Some(CloseReason::Panic),
    };
    if let Some(why) = why {
        failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
        outbox.advance(Stage::Closing);
    }
    drop(permit);
}

/// A reply, unless it comes later.
struct Done<R>(Option<R>);

impl<R: Reply> Reply for Done<R> {
    fn write<W: WriteFrame>(self, out: &mut W) -> Result<(), Close> {
        self.0.map_or(Ok(()), |reply| reply.write(out))
    }
}

impl<F, In> fmt::Debug for Concurrent<F, In> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Concurrent").field("limit", &self.limit).finish_non_exhaustive()
    }
}
