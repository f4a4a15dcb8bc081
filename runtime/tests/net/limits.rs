//! Tests that each limit works even if another limit is switched off, and tests of the limits on
//! all connections together.

use std::sync::Arc;
use std::time::Duration;

use framewright::net::{Close, CloseReason, Counters, IntoHandler, Limits, Server, Session, Timeout};
use framewright::schema::{Body, Schema};
use framewright::{Decode, DecodeError, Encode, Layout, Source};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::{Instant, sleep};

use crate::frames::{Line, Msg};
use crate::recorder::{Recorder, Seen, closed, opened};

pub(crate) fn wire(body: &[u8]) -> Vec<u8> {
    Msg::new(body).to_vec().unwrap()
}

/// Starts a server for one connection through a pipe that holds `size` bytes in each direction.
/// Returns the other end of the pipe.
pub(crate) fn pipe<M>(handler: impl IntoHandler<M>, limits: Limits, size: usize) -> DuplexStream {
    let (ours, theirs) = tokio::io::duplex(size);
    let server = Server::new(handler).limits(limits);
    tokio::spawn(async move { server.serve_connection(theirs).await });
    ours
}

/// The name of a limit, and a function that switches it off.
type Off = (&'static str, fn(Limits) -> Limits);

/// All limits that can be switched off.
const OFF: [Off; 13] = [
    ("none", |limits| limits),
    ("first_frame_time", |limits| limits.first_frame_time(None)),
    ("frame_time", |limits| limits.frame_time(None)),
    ("idle", |limits| limits.idle(None)),
    ("slow_reader", |limits| limits.slow_reader(None)),
    ("least_pace", |limits| limits.least_pace(0)),
    ("slow_sender", |limits| limits.slow_sender(None)),
    ("connections", |limits| limits.connections(usize::MAX)),
    ("memory", |limits| limits.memory(usize::MAX)),
    ("frame", |limits| limits.frame(usize::MAX)),
    ("decoded", |limits| limits.decoded(usize::MAX)),
    ("out_buffer", |limits| limits.out_buffer(usize::MAX)),
    ("drain", |limits| limits.drain(Duration::MAX)),
];

/// For each limit that is not in `needed`, returns its name, and the default limits without it.
pub(crate) fn each_off(needed: &[&str]) -> impl Iterator<Item = (&'static str, Limits)> {
    OFF.iter().filter(|(name, _)| !needed.contains(name)).map(|(name, off)| (*name, off(Limits::new())))
}

/// Checks that a connection whose peer does `what` is closed for this reason after so many seconds.
/// Repeats the check without each limit that is not in `needed`.
async fn with_each_off<F: Future<Output = ()> + Send + 'static>(
    needed: &[&str],
    what: impl Fn(DuplexStream) -> F,
    reason: Timeout,
    seconds: u64,
) {
    for (off, limits) in each_off(needed) {
        let start = Instant::now();
        let (handler, mut events) = Recorder::new();
        let pipe = pipe(handler, limits, 64);
        let peer = tokio::spawn(what(pipe));
        let why = closed(&mut events).await;
        assert!(matches!(why, CloseReason::Timeout(timeout) if timeout == reason), "{off}: {why}");
        assert_eq!(start.elapsed().as_millis().div_ceil(1000), seconds.into(), "{off}");
        peer.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn a_trickled_first_frame_is_bounded_by_each_limit_alone() {
    let trickle = async |mut pipe: DuplexStream| {
        for byte in wire(&[7; 1000]) {
            if pipe.write_all(&[byte]).await.is_err() {
                return;
            }
            sleep(Duration::from_millis(300)).await;
        }
    };
    with_each_off(&[], trickle, Timeout::Frame, 10).await;
}

#[tokio::test(start_paused = true)]
async fn the_first_frame_has_the_time_of_every_frame_as_well() {
    let (handler, mut events) = Recorder::new();
    let limits = Limits::new().first_frame_time(Duration::from_secs(60)).frame_time(Duration::from_secs(5));
    let mut pipe = pipe(handler, limits, 64);
    sleep(Duration::from_secs(30)).await;
    let start = Instant::now();
    pipe.write_all(&wire(b"hello")[..4]).await.unwrap();
    assert!(matches!(closed(&mut events).await, CloseReason::Timeout(Timeout::Frame)));
    assert_eq!(start.elapsed().as_millis().div_ceil(1000), 5);
}

#[tokio::test(start_paused = true)]
async fn a_trickled_later_frame_is_bounded() {
    let trickle = async |mut pipe: DuplexStream| {
        pipe.write_all(&wire(b"")).await.unwrap();
        for byte in wire(&[7; 1000]) {
            if pipe.write_all(&[byte]).await.is_err() {
                return;
            }
            sleep(Duration::from_millis(300)).await;
        }
    };
    with_each_off(&["frame_time"], trickle, Timeout::Frame, 10).await;
}

#[tokio::test(start_paused = true)]
async fn silence_after_a_frame_is_bounded() {
    let silent = async |mut pipe: DuplexStream| {
        pipe.write_all(&wire(b"")).await.unwrap();
        sleep(Duration::from_secs(1000)).await;
    };
    with_each_off(&["idle"], silent, Timeout::Idle, 300).await;
}

/// Reads an echo of 30 KiB at a rate of `bytes` per second.
async fn take_slowly(pipe: DuplexStream, bytes: usize) {
    let (mut read, mut write) = tokio::io::split(pipe);
    tokio::spawn(async move { write.write_all(&wire(&[7; 30 * 1024])).await });
    let mut part = vec![0; bytes];
    while read.read_exact(&mut part).await.is_ok() {
        sleep(Duration::from_secs(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_below_the_least_pace_is_closed() {
    with_each_off(&["slow_reader", "least_pace"], |pipe| take_slowly(pipe, 576), Timeout::SlowReader, 10)
        .await;
}

#[tokio::test(start_paused = true)]
async fn the_least_pace_can_be_lowered() {
    let (handler, mut events) = Recorder::new();
    let pipe = pipe(handler, Limits::new().least_pace(500), 64);
    let reader = tokio::spawn(take_slowly(pipe, 576));
    let mut frames = 0;
    while let Some(seen) = events.recv().await {
        match seen {
            Seen::Frame => frames += 1,
            Seen::Closed(why) => panic!("closed: {why}"),
            Seen::Opened(_) => continue,
        }
        break;
    }
    assert_eq!(frames, 1);
    // Fifty seconds are five times the limit for a slow reader.
    sleep(Duration::from_secs(50)).await;
    assert!(events.try_recv().is_err());
    reader.abort();
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_keeps_up_is_not_slow() {
    let (handler, mut events) = Recorder::new();
    let mut pipe = pipe(handler, Limits::new(), 64);
    let peer = opened(&mut events).await;
    pipe.write_all(&wire(b"")).await.unwrap();
    // A few bytes are always waiting, but none of them for long.
    for _ in 0..100 {
        peer.try_send(Msg::new([7; 95])).unwrap();
        sleep(Duration::from_secs(1)).await;
        pipe.read_exact(&mut [0; 100]).await.unwrap();
    }
    drop(pipe);
    assert!(matches!(closed(&mut events).await, CloseReason::Eof));
}

/// Starts a server on loopback with these limits. Returns its address, its counters, and the events
/// of its connections.
async fn serve(limits: Limits) -> (std::net::SocketAddr, Counters, UnboundedReceiver<Seen>) {
    let (handler, events) = Recorder::new();
    let mut server = Server::new(handler).limits(limits);
    let counters = server.counters();
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    tokio::spawn(server.serve());
    (address, counters, events)
}

#[tokio::test]
async fn memory_is_bounded_in_total_and_honest_peers_go_on() {
    let limit = 2 * 1024 * 1024;
    let (address, counters, _events) = serve(Limits::new().memory(limit)).await;
    let mut honest = TcpStream::connect(address).await.unwrap();
    honest.write_all(&wire(b"hello")).await.unwrap();
    honest.read_exact(&mut [0; 10]).await.unwrap();
    let upload = wire(&vec![7; 900 * 1024]);
    honest.write_all(&upload[..600 * 1024]).await.unwrap();
    // Each of these connections announces more bytes than it sends.
    let mut hostile = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // Writing fails if the connection has been closed meanwhile.
        let _ = stream.write_all(&wire(&[7; 61 * 1024])[..60 * 1024]).await;
        hostile.push(stream);
    }
    honest.write_all(&upload[600 * 1024..]).await.unwrap();
    let mut echo = vec![0; upload.len()];
    honest.read_exact(&mut echo).await.unwrap();
    assert_eq!(echo, upload);
    let stats = counters.snapshot();
    // At most thirty of the hostile connections fit into the limit beside the upload.
    assert!(stats.evicted >= 150, "{stats:?}");
    assert!(stats.open() <= 50, "{stats:?}");
}

#[tokio::test(start_paused = true)]
async fn replies_that_are_not_taken_count_as_memory() {
    let (handler, mut events) = Recorder::new();
    let mut server = Server::new(handler).limits(Limits::new().memory(100 * 1024));
    let counters = server.counters();
    let server = std::sync::Arc::new(server);
    let mut pipes = Vec::new();
    for _ in 0..8 {
        let (mut ours, theirs) = tokio::io::duplex(64 * 1024);
        let server = server.clone();
        tokio::spawn(async move { server.serve_connection(theirs).await });
        // The pipe holds two replies, and two more wait.
        for _ in 0..4 {
            // Writing fails if the connection is already closed.
            let _ = ours.write_all(&wire(&[7; 30 * 1024])).await;
            sleep(Duration::from_millis(1)).await;
        }
        pipes.push(ours);
    }
    assert!(matches!(closed(&mut events).await, CloseReason::Memory));
    assert!(counters.snapshot().evicted >= 5, "{:?}", counters.snapshot());
}

#[tokio::test]
async fn the_connections_of_an_address_are_limited() {
    let (address, counters, mut events) = serve(Limits::new().per_address(2)).await;
    let first = TcpStream::connect(address).await.unwrap();
    let _second = TcpStream::connect(address).await.unwrap();
    let mut third = TcpStream::connect(address).await.unwrap();
    assert_eq!(third.read(&mut [0; 1]).await.unwrap_or(0), 0);
    assert_eq!(counters.snapshot().refused, 1);
    drop(first);
    assert!(matches!(closed(&mut events).await, CloseReason::Eof));
    // The slot of the connection becomes free a moment after its end is reported.
    loop {
        let mut again = TcpStream::connect(address).await.unwrap();
        again.write_all(&wire(b"hello")).await.unwrap();
        let mut echo = [0; 10];
        if again.read_exact(&mut echo).await.is_ok() {
            assert_eq!(echo[5..], *b"hello");
            break;
        }
    }
}

#[tokio::test]
async fn a_refused_connection_names_the_limit() {
    let server = Server::new(async |msg: Msg| msg).limits(Limits::new().connections(0));
    let error = server.serve_connection(tokio::io::duplex(64).1).await.unwrap_err();
    assert_eq!(error.to_string(), "the connection is refused: 0 connections are open");
}

/// Everything up to a byte 255. The parser is written by hand and does not say how many bytes it
/// lacks, so each read takes another attempt.
#[derive(Debug)]
struct Greedy;

impl Layout for Greedy {
    const SCHEMA: &'static Schema = &Schema::new("Greedy", Body::Struct(&[]));
    const MIN_LEN: usize = 1;
    const MAX_LEN: Option<usize> = None;
    const OPEN: bool = false;
}

impl<'a> Decode<'a> for Greedy {
    fn parse_from(input: &'a [u8], _: &Source<'a>) -> nom::IResult<&'a [u8], Self, DecodeError> {
        let (rest, _) = nom::bytes::streaming::take_until(&b"\xff"[..])(input)?;
        Ok((&rest[1..], Self))
    }
}

#[tokio::test]
async fn copies_for_attempts_count_towards_the_memory() {
    let mut server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        s.require::<Greedy>().await?;
        Ok(())
    });
    let counters = server.counters();
    let server = server.limits(Limits::new().memory(300_000));
    let (mut io, theirs) = tokio::io::duplex(64 * 1024);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    let mut sent = 0;
    // The copies together become 30 times as long as what has arrived.
    while sent < 60_000 && io.write_all(&[0; 1000]).await.is_ok() {
        sent += 1000;
        while counters.snapshot().bytes_in < sent && counters.snapshot().closed == 0 {
            tokio::task::yield_now().await;
        }
    }
    drop(io);
    running.await.unwrap().unwrap();
    let stats = counters.snapshot();
    assert_eq!(stats.evicted, 1, "{stats:?}");
}

/// What follows after the first frame.
#[derive(Clone, Copy, Debug)]
enum Next {
    Handler,
    Tunnel,
    Halves,
    /// The session is dropped, and a line is pushed.
    Nothing,
    /// The session is dropped by another task, which nothing else wakes.
    NothingElsewhere,
    /// A large line is written while nothing else happens.
    Line,
}

/// Sends the line "hi" back, and waits for the next one, in one of several ways.
async fn go_on(mut s: Session, next: Next, dropped: mpsc::UnboundedSender<()>) -> Result<(), Close> {
    match next {
        Next::Handler => s.serve(async |line: Line| line).await,
        Next::Tunnel => {
            let (near, far) = tokio::io::duplex(64);
            tokio::spawn(async move {
                let (mut reader, mut writer) = tokio::io::split(far);
                tokio::io::copy(&mut reader, &mut writer).await
            });
            s.tunnel(near).await?;
            Ok(())
        }
        Next::Halves => {
            let (mut sender, mut receiver) = s.into_client::<Line, Line>().split();
            while let Some(line) = receiver.recv().await? {
                sender.send(&line).await?;
            }
            Ok(())
        }
        Next::Nothing => {
            let peer = s.handle::<Line>();
            drop(s);
            peer.send(Line::new("hi")).await?;
            std::future::pending().await
        }
        Next::Line => {
            s.send(&Line::new("hi")).await?;
            s.feed(&Line::new("x".repeat(120_000)))?;
            std::future::pending().await
        }
        Next::NothingElsewhere => {
            s.handle::<Line>().send(Line::new("hi")).await?;
            tokio::spawn(async move {
                // The push has woken the connection's task again.
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
                drop(s);
                dropped.send(())
            });
            std::future::pending().await
        }
    }
}

#[tokio::test]
async fn copies_are_given_back_when_a_session_goes_on() {
    let elsewhere = [Next::Nothing, Next::NothingElsewhere, Next::Line];
    for next in [Next::Handler, Next::Tunnel, Next::Halves].into_iter().chain(elsewhere) {
        let (dropped, mut drops) = mpsc::unbounded_channel();
        let mut server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
            s.require::<Greedy>().await?;
            go_on(s, next, dropped).await
        });
        let counters = server.counters();
        let server = Arc::new(server.limits(Limits::new().memory(300_000)));
        let mut connections = Vec::new();
        // The copies for each connection are 136,000 bytes.
        for _ in 0..3 {
            let (mut io, theirs) = tokio::io::duplex(64 * 1024);
            let server = Arc::clone(&server);
            tokio::spawn(async move { server.serve_connection(theirs).await });
            let before = counters.snapshot().bytes_in;
            for sent in 1..=16 {
                io.write_all(&[0; 1000]).await.unwrap();
                while counters.snapshot().bytes_in < before + sent * 1000 {
                    tokio::task::yield_now().await;
                }
            }
            io.write_all(b"\xffhi\n").await.unwrap();
            let mut seen = [0; 3];
            io.read_exact(&mut seen).await.unwrap();
            assert_eq!(&seen, b"hi\n");
            match next {
                Next::NothingElsewhere => drops.recv().await.unwrap(),
                Next::Line => drop(io.read_exact(&mut vec![0; 120_001]).await.unwrap()),
                _ => {}
            }
            connections.push(io);
        }
        assert_eq!(counters.snapshot().evicted, 0, "{next:?}");
    }
}
