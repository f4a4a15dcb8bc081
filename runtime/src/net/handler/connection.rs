//! The life of one connection from accept to close. Frames go to the handler one after the other,
//! and replies are written in batches.

use std::convert::Infallible;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Once};
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::conn::Conn;
use super::service::{Reply, Service};
use crate::error::{DecodeError, OneLine};
use crate::frame::{Decode, Layout};
use crate::net::connection::close::{Close, CloseReason, GoesOn, Timeout};
use crate::net::connection::noise::log_once_that_it_cannot_resync;
use crate::net::connection::transport::{Event, FRAMES_PER_TURN, Transport};
use crate::stream::{Framer, can_resync};

pub(crate) struct Connection<S: Service, IO> {
    service: Arc<S>,
    framer: Framer,
    conn: Conn<S::Out>,
    transport: Transport<IO>,
    /// Whether the connection has ended while a frame was handled.
    cut: bool,
}

/// The reason why [`Connection::turn`] has returned.
enum Turn {
    /// All frames that have arrived were handled.
    Starved,
    /// There may be more frames, but it is time to flush and to let other tasks run.
    Paused,
}

/// How a frame was handled.
enum Handled {
    AtOnce,
    /// The handler has waited.
    Later,
    Malformed(DecodeError),
}

impl<S: Service, IO: AsyncRead + AsyncWrite + Unpin> Connection<S, IO> {
    pub(crate) fn new(service: Arc<S>, transport: Transport<IO>) -> Self {
        let framer = transport.framer();
        Self::resume(service, transport, framer)
    }

    /// Creates a connection that continues at the point where a session has stopped.
    pub(crate) fn resume(service: Arc<S>, transport: Transport<IO>, framer: Framer) -> Self {
        transport.outbox.begin_handling();
        let conn = Conn::new(Arc::clone(&transport.outbox));
        Self { service, framer, conn, transport, cut: false }
    }

    /// Runs the connection until it ends. If it ends with an error, logs and returns the error.
    // This is not an `async fn`, because another future around the inner one would cost memory in
    // each connection.
    pub(crate) fn run(&mut self) -> impl Future<Output = Result<(), Close>> {
        match self.transport.senders() {
            Some(_) => tracing::debug!("accepted"),
            None => tracing::info!("accepted"),
        }
        self.run_from(None)
    }

    /// Like [`run`](Self::run), but uses `state` if it is `Some`, instead of the state that the
    /// handler's `open` returns.
    // The end is boxed, because it would otherwise take memory in each connection from its start.
    #[allow(clippy::manual_async_fn, reason = "an `async fn` would store the state twice")]
    pub(crate) fn run_from(
        &mut self,
        mut state: Option<S::State>,
    ) -> impl Future<Output = Result<(), Close>> {
        async move {
            let why = self.converse(&mut state).await;
            Box::pin(self.end(state, why)).await
        }
    }

    /// Serves the connection until its end, and returns the reason for the end. If there is no
    /// state, sets it to the state that the handler's `open` returns.
    async fn converse(&mut self, state: &mut Option<S::State>) -> CloseReason {
        let state = match state {
            Some(state) => state,
            None => match self.opened().await {
                Ok(opened) => state.insert(opened),
                Err(why) => return why,
            },
        };
        match caught(pin!(self.talk(state))).await {
            Ok(Err(why)) => why,
            Err(Panicked) => CloseReason::Panic,
        }
    }

    /// Calls the handler's `open`.
    async fn opened(&mut self) -> Result<S::State, CloseReason> {
        match caught(pin!(self.open())).await {
            Ok(opened) => opened?.map_err(CloseReason::Handler),
            Err(Panicked) => Err(CloseReason::Panic),
        }
    }

    async fn open(&mut self) -> Result<Result<S::State, Close>, CloseReason> {
        self.transport.attend(pin!(self.service.open(&mut self.conn)), |opened, _| opened).await
    }

    /// Flushes the last frames, closes the connection, and tells the handler. Logs and returns the
    /// reason if it is an error.
    async fn end(&mut self, mut state: Option<S::State>, mut why: CloseReason) -> Result<(), Close> {
        let outbox = &self.transport.outbox;
        if matches!(&why, CloseReason::Handler(close) if outbox.has_refused(close)) {
            why = outbox.killed();
        }
        if let Some(state) = &mut state {
            self.settle(state, &why).await;
            why = self.service.reason(state, why);
            self.last_word(state, &why);
        }
        // A handler that panicked has left the buffer lent.
        self.transport.reclaim();
        let lingers = self.transport.shut(&why).await;
        self.transport.gone_on.report();
        self.transport.count();
        self.transport.count_noise(&mut self.framer);
        let outcome = outcome(&why);
        if self.transport.outbox.reports(&why) {
            self.report(&why);
            if let Some(counters) = &self.transport.counters {
                counters.ended(&why);
            }
        }
        if let Some(state) = state {
            tell_closed(&*self.service, state, why, self.transport.limits.drain).await;
        }
        if lingers {
            self.transport.linger().await;
        }
        outcome
    }

    /// Logs the reason for the end. Failed states of datagram senders are only counted if there are
    /// many.
    fn report(&self, why: &CloseReason) {
        let Some(senders) = self.transport.senders() else { return report(why) };
        if why.is_ordinary() {
            return tracing::debug!("closed: {why}");
        }
        let Some(count) = senders.failed.happened() else { return };
        if count > 1 {
            tracing::warn!("the states of {count} senders have failed, the last one as follows");
        }
        report(why);
    }

    /// Handles frames until the connection ends, and returns the reason for the end as an error.
    async fn talk(&mut self, state: &mut S::State) -> Result<Infallible, CloseReason> {
        loop {
            if self.conn.is_closing() {
                return Err(CloseReason::Handler(Close::new()));
            }
            match self.batch(state).await? {
                Turn::Paused => {
                    let left = self.transport.outbox.pause_at() - 1;
                    self.transport.flush(left).await?;
                    tokio::task::yield_now().await;
                }
                Turn::Starved if self.framer.is_finished() => {
                    return Err(self.wait_half_closed(state).await);
                }
                Turn::Starved => match self.wait(state).await {
                    Ok(Event::Read) => {}
                    Ok(Event::Empty) => self.framer.note_empty_read(),
                    Ok(Event::Eof) => self.framer.finish(),
                    Err(CloseReason::Timeout(Timeout::Frame)) => self.pass_over_late(state)?,
                    Err(why) => return Err(why),
                },
            }
        }
    }

    /// Handles the frames that have arrived, and tells the handler that the batch has ended.
    async fn batch(&mut self, state: &mut S::State) -> Result<Turn, CloseReason> {
        let turn = self.turn(state).await;
        self.transport.reclaim();
        let handled = self.transport.count();
        self.transport.count_noise(&mut self.framer);
        let goes_on =
            !self.cut && matches!(turn, Ok(_) | Err(CloseReason::Malformed(_) | CloseReason::Handler(_)));
        if S::SENDS && handled > 0 && goes_on {
            let ended = self.batch_end(state).await;
            // The reason that ended the turn takes precedence.
            if turn.is_ok() {
                ended?;
            }
        }
        turn
    }

    /// Passes over a frame that is not complete in time. On a noisy line its bytes may be noise
    /// instead of a frame. So if another frame may begin within them, the handler decides as for
    /// malformed bytes.
    #[cold]
    fn pass_over_late(&mut self, state: &mut S::State) -> Result<(), CloseReason> {
        let Self { service, framer, conn, transport, .. } = self;
        let late = Err(CloseReason::Timeout(Timeout::Frame));
        let Some(error) = framer.cut::<S::In<'_>>().filter(|_| can_resync::<S::In<'_>>()) else {
            return late;
        };
        transport.lend();
        let goes_on = service.malformed(conn, state, &error);
        transport.reclaim();
        if goes_on != GoesOn::AtTheNextFrame || !framer.resync::<S::In<'_>>() {
            return late;
        }
        transport.malformed += 1;
        transport.deadlines.noise();
        transport.deadlines.frame_passed_over();
        transport.goes_on(&error);
        Ok(())
    }

    /// Tells the handler that the batch has ended.
    async fn batch_end(&mut self, state: &mut S::State) -> Result<(), CloseReason> {
        let Self { service, conn, transport, .. } = self;
        let ending = pin!(service.batch_end(conn, state));
        transport.attend(ending, |ended, _| ended).await?.map_err(CloseReason::Handler)
    }

    /// Waits for more bytes.
    async fn wait(&mut self, state: &mut S::State) -> Result<Event, CloseReason> {
        let Self { service, framer, transport, .. } = self;
        poll_fn(|cx| {
            if service.is_busy(state, cx) {
                transport.deadlines.busy();
            }
            transport.poll_event(cx, framer, false)
        })
        .await
    }

    /// Waits for the end of a connection after the peer has closed its side.
    async fn wait_half_closed(&mut self, state: &mut S::State) -> CloseReason {
        let Self { service, framer, transport, .. } = self;
        poll_fn(|cx| {
            if service.is_busy(state, cx) {
                transport.deadlines.busy();
            }
            transport.poll_half_closed(cx, framer)
        })
        .await
    }

    /// Handles the frames that have arrived. Stops after [`FRAMES_PER_TURN`] frames, or when too
    /// many bytes are unwritten.
    async fn turn(&mut self, state: &mut S::State) -> Result<Turn, CloseReason> {
        self.lend();
        let pause_at = self.transport.outbox.pause_at();
        while self.transport.uncounted() < FRAMES_PER_TURN {
            let handled = 'frame: {
                // The frame is moved into the handler's future before anything is awaited, because
                // the future is `Send` but the frame need not be.
                let parse = <S::In<'_> as Decode<'_>>::parse_from;
                let mut handling = pin!(match self.framer.next_frame_by(parse) {
                    Ok(Some(frame)) => self.service.frame(&mut self.conn, state, frame),
                    Ok(None) => return Ok(Turn::Starved),
                    Err(error) => break 'frame Handled::Malformed(error),
                });
                self.transport.framed();
                let out = &mut self.transport.out;
                let written =
                    poll_fn(|cx| Poll::Ready(handling.as_mut().poll(cx).map(|reply| reply.write(out))));
                // Most handlers never wait.
                if let Poll::Ready(written) = written.await {
                    written.map_err(CloseReason::Handler)?;
                    break 'frame Handled::AtOnce;
                }
                self.transport.reclaim();
                let written = self.transport.attend(handling, Reply::write).await;
                self.cut = written.is_err();
                written?.map_err(CloseReason::Handler)?;
                Handled::Later
            };
            match handled {
                Handled::AtOnce => {}
                Handled::Later => self.lend(),
                Handled::Malformed(error) => {
                    self.transport.malformed += 1;
                    self.go_on(state, error)?;
                }
            }
            if self.conn.is_closing() {
                return Err(CloseReason::Handler(Close::new()));
            }
            if self.transport.out.len() + self.conn.sent() >= pause_at {
                break;
            }
        }
        Ok(Turn::Paused)
    }

    /// Lets the handler write into the out-buffer, if it sends.
    fn lend(&mut self) {
        if S::SENDS {
            self.conn.count_from(self.transport.out.len());
            self.transport.lend();
        }
    }

    /// Continues after malformed bytes as the handler decides, if that is possible.
    #[cold]
    fn go_on(&mut self, state: &mut S::State, error: DecodeError) -> Result<(), CloseReason> {
        let Self { service, framer, conn, transport, .. } = self;
        // The only error within a run of noise is that the run was too long and the framer has given
        // up.
        let goes_on = if transport.deadlines.is_noisy() {
            GoesOn::Nowhere
        } else {
            service.malformed(conn, state, &error)
        };
        let can = match goes_on {
            GoesOn::Nowhere => return Err(CloseReason::Malformed(error)),
            GoesOn::BehindTheFrame => framer.skip_frame::<S::In<'_>>(),
            GoesOn::AtTheNextFrame => {
                let can = framer.resync::<S::In<'_>>();
                // If a read is a frame, the malformed one is over already.
                if framer.is_lost() {
                    transport.deadlines.noise();
                }
                can
            }
        };
        if !can {
            log_once_that_it_cannot::<S::In<'_>>(goes_on);
            return Err(CloseReason::Malformed(error));
        }
        transport.goes_on(&error);
        Ok(())
    }

    /// Calls the handler's `ending`. The frames that it sends are flushed with the rest.
    fn last_word(&mut self, state: &mut S::State, why: &CloseReason) {
        if !S::SENDS || matches!(why, CloseReason::Panic) {
            return;
        }
        self.transport.reclaim();
        self.transport.lend();
        let Self { service, conn, .. } = self;
        if catch_unwind(AssertUnwindSafe(|| service.ending(conn, state, why))).is_err() {
            tracing::error!("the handler panicked in `ending`");
        }
        self.transport.reclaim();
    }

    /// Waits for frames that are still being handled concurrently, if the peer may still read their
    /// replies. Frames before malformed bytes are answered, as they are when they are handled in
    /// order.
    async fn settle(&mut self, state: &mut S::State, why: &CloseReason) {
        if matches!(why, CloseReason::Eof | CloseReason::Drain | CloseReason::Malformed(_)) {
            // If this fails, the replies are not sent, and the reason stays the same.
            let _ = caught(pin!(async {
                self.transport.attend(pin!(self.service.settle(state)), |(), _| ()).await
            }))
            .await;
        }
    }
}

/// Logs, once per process, that a handler's decision is impossible for its frame type.
fn log_once_that_it_cannot<T: Layout>(goes_on: GoesOn) {
    static SKIPS: Once = Once::new();
    match goes_on {
        GoesOn::AtTheNextFrame => log_once_that_it_cannot_resync::<T>(),
        _ => SKIPS.call_once(|| {
            let frame = T::SCHEMA.name;
            tracing::warn!(
                "`Malformed::Skip` closes the connection: the end of a malformed {frame} is unknown"
            );
        }),
    }
}

/// Returns an error, unless the connection has ended normally.
fn outcome(why: &CloseReason) -> Result<(), Close> {
    if why.is_ordinary() { Ok(()) } else { Err(why.to_string().into()) }
}

async fn tell_closed<S: Service>(service: &S, state: S::State, why: CloseReason, time: Duration) {
    match timeout(time, caught(pin!(async { service.closed(state, why).await }))).await {
        Ok(Ok(())) => {}
        Ok(Err(Panicked)) => tracing::error!("the handler panicked in `closed`"),
        Err(_) => tracing::error!("the handler did not return from `closed` in time"),
    }
}

/// The error of [`caught`] after a panic of user code.
pub(crate) struct Panicked;

/// Runs user code and catches its panics. After a panic, the caller drops the future, and only uses
/// state that a panic cannot leave inconsistent.
// The future is passed by reference because moving it into an `async fn` and pinning it there would
// take its memory twice in each connection.
pub(crate) fn caught<F: Future>(
    mut future: Pin<&mut F>,
) -> impl Future<Output = Result<F::Output, Panicked>> {
    poll_fn(move |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(_) => Poll::Ready(Err(Panicked)),
    })
}

pub(crate) fn report(why: &CloseReason) {
    match why {
        CloseReason::Malformed(error) => tracing::warn!("closed: malformed frame {error:#}"),
        CloseReason::Panic => tracing::error!("closed: {why}"),
        CloseReason::Handler(close) if close.error().is_some() => {
            tracing::warn!("closed: {}", OneLine(why));
        }
        CloseReason::Timeout(_) => tracing::warn!("closed: {why}"),
        _ => tracing::info!("closed: {why}"),
    }
}
