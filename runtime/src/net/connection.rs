//! One connection from accept to close: frames in, one after the other to
//! the handler, replies out in batches.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::close::{Close, CloseReason, Timeout};
use super::conn::Conn;
use super::handler::{Reply, Service};
use super::limits::Limits;
use super::line::{Event, Line};
use super::outbox::Outbox;
use crate::error::DecodeError;
use crate::stream::Framer;

/// How many frames are handled before other tasks get their turn.
const FRAMES_PER_TURN: usize = 1024;

/// How long the peer has, once we have closed our side, to take what is still under way.
const LINGER: Duration = Duration::from_secs(1);

pub(crate) struct Connection<S: Service, IO> {
    service: Arc<S>,
    framer: Framer,
    conn: Conn<S::Out>,
    line: Line<IO>,
}

/// Why a turn is over.
enum Turn {
    /// Everything that has arrived is handled.
    Starved,
    /// There may be more; it is time to flush and let others run.
    Paused,
}

/// What has become of the next frame.
enum Next {
    Handled,
    /// It has not arrived as a whole.
    Starved,
    Malformed(DecodeError),
}

impl<S: Service, IO: AsyncRead + AsyncWrite + Unpin> Connection<S, IO> {
    pub(crate) fn new(
        service: Arc<S>,
        io: IO,
        peer: SocketAddr,
        outbox: Arc<Outbox>,
        limits: Arc<Limits>,
        per_read: bool,
    ) -> Self {
        let framer = Framer::new().limit(limits.frame).per_read(per_read);
        let conn = Conn::new(Arc::clone(&outbox), peer);
        Self { service, framer, conn, line: Line::new(io, outbox, limits) }
    }

    /// Runs to the end.
    pub(crate) async fn run(mut self) {
        tracing::info!("accepted");
        let opened = self.line.attend(self.service.open(&mut self.conn)).await;
        match opened.and_then(|state| state.map_err(CloseReason::Handler)) {
            Ok(mut state) => {
                let why = self.talk(&mut state).await;
                let lingers = self.shut(&why).await;
                report(&why);
                tell_closed(&*self.service, state, why, self.line.limits.drain).await;
                if lingers {
                    self.linger().await;
                }
            }
            Err(why) => {
                let lingers = self.shut(&why).await;
                report(&why);
                if lingers {
                    self.linger().await;
                }
            }
        }
    }

    /// Handles what arrives, and says why it came to an end.
    async fn talk(&mut self, state: &mut S::State) -> CloseReason {
        loop {
            match self.step(state).await {
                Ok(()) => {}
                Err(why) => return why,
            }
        }
    }

    /// Handles everything that has arrived, then waits for more.
    async fn step(&mut self, state: &mut S::State) -> Result<(), CloseReason> {
        if self.conn.is_closing() {
            return Err(CloseReason::Handler(Close::new()));
        }
        match self.turn(state).await? {
            Turn::Paused => {
                let backlog = self.line.limits.out_buffer.min(Line::<IO>::BACKLOG);
                self.line.flush(backlog).await?;
                tokio::task::yield_now().await;
            }
            Turn::Starved if self.framer.is_finished() => return Err(CloseReason::Eof),
            Turn::Starved => match poll_fn(|cx| self.line.poll_event(cx, &mut self.framer)).await? {
                Event::Read => {}
                Event::Eof => self.framer.finish(),
            },
        }
        Ok(())
    }

    /// Handles the frames that have arrived, up to a limit of work.
    async fn turn(&mut self, state: &mut S::State) -> Result<Turn, CloseReason> {
        self.conn.reset_sent();
        for _ in 0..FRAMES_PER_TURN {
            match self.handle_next(state).await? {
                Next::Starved => return Ok(Turn::Starved),
                Next::Handled => {}
                Next::Malformed(error) => {
                    let goes_on = self.service.malformed(&mut self.conn, state, &error);
                    if !goes_on || !self.framer.skip_frame::<S::In<'_>>() {
                        return Err(CloseReason::Malformed(error));
                    }
                    log_malformed(&error);
                }
            }
            if self.conn.is_closing() {
                return Err(CloseReason::Handler(Close::new()));
            }
            if self.line.out.len() + self.conn.sent() >= Line::<IO>::BACKLOG {
                break;
            }
        }
        Ok(Turn::Paused)
    }

    /// Handles the next frame, if it is there.
    async fn handle_next(&mut self, state: &mut S::State) -> Result<Next, CloseReason> {
        let Self { service, framer, conn, line } = self;
        // The frame moves into the handler's future before anything is
        // awaited: the future can be sent between threads, the frame need not be.
        let handling = match framer.next_frame::<S::In<'_>>() {
            Ok(Some(frame)) => service.frame(conn, state, frame),
            Ok(None) => return Ok(Next::Starved),
            Err(error) => return Ok(Next::Malformed(error)),
        };
        line.clock.framed();
        let reply = line.attend(handling).await?.map_err(CloseReason::Handler)?;
        reply.write(&mut line.out).map_err(CloseReason::Handler)?;
        Ok(Next::Handled)
    }

    /// Flushes what is due to the peer and closes our side. Says whether the
    /// peer may still be taking some of it.
    async fn shut(&mut self, why: &CloseReason) -> bool {
        let lost = match why {
            CloseReason::Io(_) => true,
            CloseReason::Timeout(timeout) => *timeout == Timeout::SlowReader,
            _ => false,
        };
        let flushed = !lost && self.line.flush(0).await.is_ok();
        self.line.outbox.end();
        flushed
            && timeout(LINGER, poll_fn(|cx| self.line.poll_shutdown(cx))).await.is_ok_and(|shut| shut.is_ok())
    }

    /// Waits for the peer to close its side too: closing a socket that still
    /// receives would reset it, and the peer might lose the last replies.
    async fn linger(&mut self) {
        // When the time is over the peer has had its chance.
        let _ = timeout(LINGER, poll_fn(|cx| self.line.poll_discard(cx))).await;
    }
}

async fn tell_closed<S: Service>(service: &S, state: S::State, why: CloseReason, time: Duration) {
    let mut closed = pin!(service.closed(state, why));
    let told = poll_fn(|cx| {
        catch_unwind(AssertUnwindSafe(|| closed.as_mut().poll(cx))).unwrap_or_else(|_| {
            tracing::error!("the handler panicked in `closed`");
            Poll::Ready(())
        })
    });
    if timeout(time, told).await.is_err() {
        tracing::error!("the handler did not return from `closed` in time");
    }
}

#[cold]
fn log_malformed(error: &DecodeError) {
    tracing::warn!("malformed frame {error:#}");
}

fn report(why: &CloseReason) {
    match why {
        CloseReason::Malformed(error) => log_malformed(error),
        CloseReason::Panic => tracing::error!("closed: {why}"),
        CloseReason::Handler(close) if close.error().is_some() => tracing::warn!("closed: {why}"),
        CloseReason::Timeout(_) => tracing::warn!("closed: {why}"),
        _ => tracing::info!("closed: {why}"),
    }
}
