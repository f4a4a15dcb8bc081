//! Frames that are not replies to pending calls.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::net::server::repeated::Repeated;

/// The maximum number of queued frames.
const MOST: usize = 1024;
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The frames of a connection with [`Calls`](crate::net::Calls) that are not replies to pending
/// calls: frames that the server pushes, and with [`pipelined`](crate::Client::pipelined) late
/// replies to calls that were given up.
///
/// Up to 1,024 frames with at most 16 MiB of encoded bytes are queued. Further frames are dropped,
/// unless the queue is [`blocking`](Self::blocking). An `Unclaimed` may be dropped if the frames
/// are not needed.
///
/// The frames are in the order in which they arrived. Replies to pending calls do not pass through
/// the queue. When a call returns its reply, all frames that the server sent before the reply have
/// been queued, unless they were dropped. Later frames may be in the queue too, and nothing marks
/// the position of the reply. If the position matters, the frames need to carry it, for example as
/// a number.
pub struct Unclaimed<R>(Arc<Queue<R>>);

impl<R> Unclaimed<R> {
    /// Makes the queue keep all frames. While it is full, nothing more is read from the connection,
    /// which slows down the server. Replies that follow these frames are not read either, so calls
    /// may time out.
    ///
    /// ```
    /// use framewright::prelude::*;
    /// use framewright::net::Part;
    ///
    /// #[derive(Frame)]
    /// struct Line { #[until(b"\r\n")] text: String }
    ///
    /// # async fn f() -> framewright::Result<()> {
    /// let client = Client::<Line>::connect("127.0.0.1:6379").await?;
    /// let (calls, news) = client.in_order(|line| if line.text.starts_with('>') { Part::Push } else { Part::Last });
    /// let mut news = news.blocking();
    /// tokio::spawn(async move {
    ///     while let Some(line) = news.recv().await {
    ///         println!("{}", line.text);
    ///     }
    /// });
    /// # let _ = calls;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn blocking(self) -> Self {
        self.0.lock().blocks = true;
        self
    }

    /// Waits for the next frame. Returns `None` when the connection has ended, or with
    /// [reconnecting](crate::net::Reconnecting::pipelined) when the last
    /// [`Calls`](crate::net::Calls) is dropped.
    ///
    /// # Cancel safety
    /// If cancelled, nothing is lost.
    pub async fn recv(&mut self) -> Option<R> {
        poll_fn(|cx| self.0.poll_next(cx)).await
    }

    /// Creates a queue and returns its two ends.
    pub(super) fn new() -> (Feed<R>, Self) {
        let queue = Arc::new(Queue(Mutex::new(State {
            frames: VecDeque::new(),
            bytes: 0,
            blocks: false,
            is_open: true,
            ended: false,
            dropped: Repeated::default(),
            reader: None,
            feeder: None,
        })));
        (Feed(Arc::clone(&queue)), Self(queue))
    }
}

impl<R> Drop for Unclaimed<R> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.is_open = false;
        (state.frames, state.bytes) = (VecDeque::new(), 0);
        state.wake_feeder();
    }
}

impl<R> fmt::Debug for Unclaimed<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unclaimed").field("waiting", &self.0.lock().frames.len()).finish_non_exhaustive()
    }
}

/// The sending end of the queue. Dropping it closes the queue.
pub(super) struct Feed<R>(Arc<Queue<R>>);

impl<R> Feed<R> {
    /// Waits until the next frame may be read from the connection.
    pub(super) fn poll_ready(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.0.lock();
        if !state.blocks || !state.is_open || !state.is_full(0) {
            return Poll::Ready(());
        }
        state.feeder = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Queues a frame, which has `len` bytes on the wire.
    pub(super) fn put(&self, frame: R, len: usize) {
        let mut state = self.0.lock();
        if !state.is_open {
            return;
        }
        if !state.blocks && state.is_full(len) {
            if let Some(count) = state.dropped.happened() {
                let waiting = state.frames.len();
                drop(state);
                tracing::warn!("dropped {count} frames that are not replies: {waiting} are queued already");
            }
            return;
        }
        state.bytes += len;
        state.frames.push_back((frame, len));
        state.wake_reader();
    }
}

impl<R> Drop for Feed<R> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.ended = true;
        state.wake_reader();
    }
}

struct Queue<R>(Mutex<State<R>>);

struct State<R> {
    /// The queued frames, each with its size on the wire.
    frames: VecDeque<(R, usize)>,
    bytes: usize,
    /// Whether nothing is read from the connection while the queue is full, instead of dropping
    /// frames.
    blocks: bool,
    /// Whether the [`Unclaimed`] still exists.
    is_open: bool,
    /// Whether the [`Feed`] was dropped.
    ended: bool,
    dropped: Repeated,
    reader: Option<Waker>,
    feeder: Option<Waker>,
}

impl<R> Queue<R> {
    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll_next(&self, cx: &Context<'_>) -> Poll<Option<R>> {
        let mut state = self.lock();
        if let Some((frame, len)) = state.frames.pop_front() {
            state.bytes -= len;
            state.wake_feeder();
            return Poll::Ready(Some(frame));
        }
        if state.ended {
            return Poll::Ready(None);
        }
        state.reader = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl<R> State<R> {
    /// Returns `true` if the queue has no room for a frame of `len` bytes. An empty queue has room
    /// for any frame.
    fn is_full(&self, len: usize) -> bool {
        let bytes = self.bytes.saturating_add(len);
        !self.frames.is_empty()
            && (self.frames.len() >= MOST || bytes > MOST_BYTES || self.bytes >= MOST_BYTES)
    }

    fn wake_reader(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    fn wake_feeder(&mut self) {
        if let Some(feeder) = self.feeder.take() {
            feeder.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_are_bounded_as_well() {
        const BIG: usize = 5 * 1024 * 1024;
        let (feed, mut unclaimed) = Unclaimed::new();
        let ready = |feed: &Feed<_>| feed.poll_ready(&Context::from_waker(Waker::noop())).is_ready();
        // The first frame is queued whatever its size; the others are queued as long as they fit.
        feed.put(0, 100 * BIG);
        feed.put(1, 1);
        assert_eq!(unclaimed.recv().await, Some(0));
        for index in 2..10 {
            feed.put(index, BIG);
        }
        for index in 2..5 {
            assert_eq!(unclaimed.recv().await, Some(index));
        }
        // A blocking queue drops no frame. It blocks from the first frame beyond the limit.
        let mut unclaimed = unclaimed.blocking();
        for index in 10..14 {
            assert!(ready(&feed), "{index}");
            feed.put(index, BIG);
        }
        assert!(!ready(&feed));
        for index in 10..14 {
            assert_eq!(unclaimed.recv().await, Some(index));
        }
        assert!(ready(&feed));
    }
}
