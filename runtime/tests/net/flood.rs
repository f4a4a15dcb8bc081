//! Tests of peers that have always sent more, so that no read is ever pending: the deadlines hold,
//! and other tasks run in between.

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use framewright::net::{Close, CloseReason, Conn, Handler, Limits, Malformed, Server, Session, Timeout};
use framewright::prelude::*;
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio::task::yield_now;
use tokio::time::{Instant, advance};

/// A stream that ends after a number of reads. Each read takes 10 ms of the paused time.
struct Flood {
    bytes: Vec<u8>,
    reads: usize,
    /// Whether the peer reads what is sent.
    takes: bool,
}

/// More reads than any deadline of these tests allows: a thousand seconds.
const MANY: usize = 100_000;

fn flood(bytes: &[u8]) -> Flood {
    Flood { bytes: bytes.to_vec(), reads: MANY, takes: true }
}

impl AsyncRead for Flood {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let _ = pin!(advance(Duration::from_millis(10))).poll(cx);
        if let Some(left) = self.reads.checked_sub(1) {
            self.reads = left;
            buf.put_slice(&self.bytes[..buf.remaining().min(self.bytes.len())]);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Flood {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.takes { Poll::Ready(Ok(bytes.len())) } else { Poll::Pending }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = 0xAA55u16)]
struct Number {
    number: u16,
}

const NUMBER: [u8; 4] = [0xAA, 0x55, 0, 7];

/// Sets a limit when a connection opens or a first frame arrives, and answers only the first frame.
struct Sets {
    limit: fn(&mut Conn<Number>),
    closed: mpsc::UnboundedSender<(CloseReason, Instant)>,
}

impl Handler for Sets {
    type In<'a> = Number;
    type Out = Number;
    type State = bool;

    async fn open(&self, conn: &mut Conn<Number>) -> Result<bool, Close> {
        (self.limit)(conn);
        Ok(false)
    }

    async fn frame(&self, conn: &mut Conn<Number>, answered: &mut bool, frame: Number) -> Result<(), Close> {
        if !std::mem::replace(answered, true) {
            conn.send(frame)?;
        }
        Ok(())
    }

    fn malformed(
        &self,
        _: &mut Conn<Number>,
        _: &mut bool,
        _: &framewright::DecodeError,
    ) -> Malformed<Number> {
        Malformed::Resync
    }

    async fn closed(&self, _: bool, why: CloseReason) {
        self.closed.send((why, Instant::now())).unwrap();
    }
}

/// Serves a flood with a handler. Returns the reason for its end and the seconds until then.
async fn handled(limits: Limits, limit: fn(&mut Conn<Number>), flood: Flood) -> (CloseReason, u64) {
    let (closed, mut reasons) = mpsc::unbounded_channel();
    let start = Instant::now();
    Server::new(Sets { limit, closed }).limits(limits).serve_connection(flood).await.unwrap();
    let (why, end) = reasons.recv().await.unwrap();
    (why, (end - start).as_secs())
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_a_handler_holds_while_frames_keep_arriving() {
    let limit = |conn: &mut Conn<Number>| conn.deadline(Instant::now() + Duration::from_secs(5));
    let (why, seconds) = handled(Limits::new(), limit, flood(&NUMBER)).await;
    assert!(matches!(why, CloseReason::Timeout(Timeout::Deadline)), "{why}");
    assert_eq!(seconds, 5);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_must_also_read() {
    let silent = Flood { takes: false, ..flood(&NUMBER) };
    let (why, seconds) = handled(Limits::new(), |_| (), silent).await;
    assert!(matches!(why, CloseReason::Timeout(Timeout::SlowReader)), "{why}");
    assert_eq!(seconds, 10);
}

#[tokio::test(start_paused = true)]
async fn endless_noise_is_no_sign_of_life() {
    let keep_alive = |conn: &mut Conn<Number>| conn.keep_alive(Duration::from_secs(20));
    let (why, seconds) = handled(Limits::new(), keep_alive, flood(&[7; 100])).await;
    assert!(matches!(why, CloseReason::Timeout(Timeout::KeepAlive)), "{why}");
    assert_eq!(seconds, 20);
    let limits = Limits::new().idle(Duration::from_secs(30));
    let (why, seconds) = handled(limits, |_| (), flood(&[7; 100])).await;
    assert!(matches!(why, CloseReason::Timeout(Timeout::Idle)), "{why}");
    assert_eq!(seconds, 30);
    // Frames are a sign of life, noise between them or not.
    let bytes = [&NUMBER[..], &[7; 100]].concat();
    let (why, _) = handled(Limits::new(), keep_alive, flood(&bytes)).await;
    assert!(!matches!(why, CloseReason::Timeout(_)), "{why}");
}

/// Runs `step` until it fails or until there is nothing more.
async fn repeat(s: &mut Session, step: Step) -> framewright::Result<()> {
    match step {
        Step::Recv => while s.recv::<Number>().await?.is_some() {},
        Step::Body => {
            let mut body = s.body_to_end();
            while body.chunk().await?.is_some() {}
        }
        Step::Send => {
            for number in 0..u16::MAX {
                let _ = pin!(advance(Duration::from_millis(10)))
                    .poll(&mut Context::from_waker(std::task::Waker::noop()));
                s.send(&Number { number }).await?;
            }
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Recv,
    Body,
    Send,
}

const STEPS: [Step; 3] = [Step::Recv, Step::Body, Step::Send];

#[tokio::test(start_paused = true)]
async fn the_deadline_of_a_session_holds_while_it_never_waits() {
    for step in STEPS {
        let start = Instant::now();
        let mut server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
            s.deadline(Instant::now() + Duration::from_secs(5));
            Ok(repeat(&mut s, step).await?)
        });
        let counters = server.counters();
        server.serve_connection(flood(&NUMBER)).await.unwrap();
        // After that, the connection has one second to close, which ends with a turn.
        assert!((5..=7).contains(&start.elapsed().as_secs()), "{step:?}: {:?}", start.elapsed());
        assert_eq!(counters.snapshot().timeouts, 1, "{step:?}");
        // Without a task, the method returns an error.
        let start = Instant::now();
        let mut s = Session::over(flood(&NUMBER), &ClientOptions::new());
        s.deadline(Instant::now() + Duration::from_secs(5));
        let error = repeat(&mut s, step).await.unwrap_err();
        assert!(matches!(error, Error::Timeout(_)), "{step:?}: {error}");
        assert_eq!(start.elapsed().as_secs(), 5, "{step:?}");
    }
}

/// The number of frames or reads since another task has last run, and the highest such number.
#[derive(Clone, Default)]
struct Turns(Arc<(AtomicUsize, AtomicUsize)>);

impl Turns {
    /// Starts another task.
    fn watch(&self) -> tokio::task::JoinHandle<()> {
        let turns = self.clone();
        tokio::spawn(async move {
            loop {
                turns.0.0.store(0, Ordering::Relaxed);
                yield_now().await;
            }
        })
    }

    fn count(&self) {
        let now = self.0.0.fetch_add(1, Ordering::Relaxed) + 1;
        self.0.1.fetch_max(now, Ordering::Relaxed);
    }

    fn most(&self) -> usize {
        self.0.1.load(Ordering::Relaxed)
    }
}

#[tokio::test(start_paused = true)]
async fn the_turn_of_a_session_is_bounded() {
    let turns = Turns::default();
    let watching = turns.watch();
    let counted = turns.clone();
    // Each read brings many frames.
    let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        while s.recv::<Number>().await?.is_some() {
            counted.count();
        }
        Ok(())
    });
    let frames = Flood { reads: 50, ..flood(&NUMBER.repeat(5000)) };
    server.serve_connection(frames).await.unwrap();
    watching.abort();
    assert!((1000..=2 * 1024).contains(&turns.most()), "{}", turns.most());
}

#[tokio::test(start_paused = true)]
async fn the_reads_and_writes_of_a_turn_are_bounded() {
    /// Counts the reads and writes of a flood.
    struct Steps(Flood, Turns);
    impl AsyncRead for Steps {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buf: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            self.1.count();
            Pin::new(&mut self.0).poll_read(cx, buf)
        }
    }
    impl AsyncWrite for Steps {
        fn poll_write(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.1.count();
            Pin::new(&mut self.0).poll_write(cx, bytes)
        }
        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_flush(cx)
        }
        fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_shutdown(cx)
        }
    }
    for step in ["handler", "session", "body", "send", "linger"] {
        let turns = Turns::default();
        let watching = turns.watch();
        // One second, which is the longest time that a connection lingers.
        let io = Steps(Flood { reads: 1000, ..flood(&NUMBER) }, turns.clone());
        match step {
            "handler" => Server::new(async |_: Number| ()).serve_connection(io).await,
            "session" | "body" | "send" => {
                let step = match step {
                    "session" => Step::Recv,
                    "body" => Step::Body,
                    _ => Step::Send,
                };
                let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
                    Ok(repeat(&mut s, step).await?)
                });
                server.serve_connection(io).await
            }
            _ => {
                Server::sessions(async |_: Session| -> Result<(), Close> { Ok(()) })
                    .serve_connection(io)
                    .await
            }
        }
        .unwrap();
        watching.abort();
        assert!((60..=2 * 64).contains(&turns.most()), "{step}: {}", turns.most());
    }
}
