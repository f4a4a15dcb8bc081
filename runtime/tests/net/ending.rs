//! Tests of the callbacks of handlers at the end of a batch and of a connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use framewright::net::{Close, CloseReason, Conn, Conversation, Handler, Limits, Peer, Server, Session};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use crate::frames::Line;

/// Answers each batch with its number of lines, and sends a last line at the end of the connection.
#[derive(Default)]
struct Batches {
    peers: Option<mpsc::UnboundedSender<Peer<Line>>>,
    closed: Arc<AtomicUsize>,
}

impl Handler for Batches {
    type In<'a> = Line;
    type Out = Line;
    type State = usize;

    async fn open(&self, conn: &mut Conn<Line>) -> Result<usize, Close> {
        if let Some(peers) = &self.peers {
            peers.send(conn.handle())?;
        }
        Ok(0)
    }

    async fn frame(&self, conn: &mut Conn<Line>, lines: &mut usize, line: Line) -> Result<(), Close> {
        *lines += 1;
        match &*line.text {
            "close" => conn.close(),
            "fail" => Err("as asked")?,
            "panic" => panic!("as asked"),
            "hang" => std::future::pending().await,
            "soon" => conn.deadline(Instant::now() + Duration::from_secs(2)),
            _ => {}
        }
        Ok(())
    }

    async fn batch_end(&self, conn: &mut Conn<Line>, lines: &mut usize) -> Result<(), Close> {
        tokio::task::yield_now().await;
        Ok(conn.send(Line::new(format!("{} lines", std::mem::take(lines))))?)
    }

    fn ending(&self, conn: &mut Conn<Line>, _: &mut usize, why: &CloseReason) {
        // Sending fails if the connection is broken.
        let _ = conn.send(Line::new(format!("goodbye: {why}")));
    }

    async fn closed(&self, _: usize, _: CloseReason) {
        tokio::task::yield_now().await;
        self.closed.fetch_add(1, Ordering::SeqCst);
    }
}

async fn said(bytes: &[u8], closes: bool) -> (String, Duration) {
    let handler = Batches::default();
    let closed = Arc::clone(&handler.closed);
    let (mut ours, theirs) = duplex(64 * 1024);
    let server = Server::new(handler).limits(Limits::new().idle(Duration::from_secs(30)));
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    let start = Instant::now();
    ours.write_all(bytes).await.unwrap();
    if closes {
        ours.shutdown().await.unwrap();
    }
    let mut seen = String::new();
    ours.read_to_string(&mut seen).await.unwrap();
    let took = start.elapsed();
    drop(ours);
    running.await.unwrap();
    assert_eq!(closed.load(Ordering::SeqCst), 1);
    (seen, took)
}

#[tokio::test(start_paused = true)]
async fn a_batch_ends_and_a_last_word_arrives_however_the_connection_ends() {
    for (bytes, closes, expected, seconds) in [
        (&b"a\nb\nc\n"[..], true, "3 lines\ngoodbye: the peer closed the connection\n", 0),
        (b"a\nclose\n", false, "2 lines\ngoodbye: the handler closed the connection\n", 0),
        (b"a\nfail\n", false, "2 lines\ngoodbye: the handler failed: as asked\n", 0),
        (b"a\nb\n", false, "2 lines\ngoodbye: timed out: idle for too long\n", 30),
        (b"a\nsoon\n", false, "2 lines\ngoodbye: timed out: its deadline has passed\n", 2),
        (b"a\nsoon\nhang\n", false, "goodbye: timed out: its deadline has passed\n", 2),
        (b"panic\n", false, "", 0),
    ] {
        let (seen, took) = said(bytes, closes).await;
        assert_eq!((&*seen, took.as_secs()), (expected, seconds), "{}", String::from_utf8_lossy(bytes));
    }
    let (seen, _) = said(b"a\nb\n\xff\n", false).await;
    assert!(seen.starts_with("2 lines\ngoodbye: malformed frame: "), "{seen}");
}

#[tokio::test]
async fn a_drain_has_a_last_word() {
    let server = Server::new(Batches::default()).bind("127.0.0.1:0").await.unwrap();
    let mut peer = tokio::net::TcpStream::connect(server.local_addr()).await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.serve_until(stopped));
    peer.write_all(b"a\n").await.unwrap();
    let mut first = [0; 8];
    peer.read_exact(&mut first).await.unwrap();
    stop.send(()).unwrap();
    let mut seen = String::new();
    peer.read_to_string(&mut seen).await.unwrap();
    assert_eq!(seen, "goodbye: the server stopped\n");
    running.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_drain_is_the_end_of_connections_whose_peers_stay() {
    let limits = Limits::new().drain(Duration::from_millis(100));
    let server = Server::new(Batches::default()).limits(limits).bind("127.0.0.1:0").await.unwrap();
    let mut peer = tokio::net::TcpStream::connect(server.local_addr()).await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.serve_until(stopped));
    peer.write_all(b"a\n").await.unwrap();
    peer.read_exact(&mut [0; 8]).await.unwrap();
    let start = Instant::now();
    stop.send(()).unwrap();
    // The peer keeps its side open, so the connection waits for it after its last word.
    running.await.unwrap().unwrap();
    assert_eq!(start.elapsed().as_millis(), 100);
}

#[tokio::test]
async fn the_end_of_a_drain_has_a_last_word_too() {
    // The handler hangs, or a frame has begun: the connection does not end before the drain does.
    for bytes in [&b"hang\n"[..], b"ha"] {
        for session in [false, true] {
            let handler = Batches::default();
            let closed = Arc::clone(&handler.closed);
            let limits = Limits::new().drain(Duration::from_millis(100));
            let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
            let (address, running) = if session {
                let handler = Arc::new(std::sync::Mutex::new(Some(handler)));
                let server = Server::sessions(async move |s: Session| -> Result<(), Close> {
                    let handler = handler.lock().unwrap().take().unwrap();
                    s.serve(handler).await
                });
                let server = server.limits(limits).bind("127.0.0.1:0").await.unwrap();
                (server.local_addr(), tokio::spawn(server.serve_until(stopped)))
            } else {
                let server = Server::new(handler).limits(limits).bind("127.0.0.1:0").await.unwrap();
                (server.local_addr(), tokio::spawn(server.serve_until(stopped)))
            };
            let mut peer = tokio::net::TcpStream::connect(address).await.unwrap();
            peer.write_all(b"a\n").await.unwrap();
            let mut first = [0; 8];
            peer.read_exact(&mut first).await.unwrap();
            peer.write_all(bytes).await.unwrap();
            // The bytes have arrived before the drain begins.
            tokio::time::sleep(Duration::from_millis(20)).await;
            stop.send(()).unwrap();
            let mut seen = String::new();
            peer.read_to_string(&mut seen).await.unwrap();
            assert_eq!(seen, "goodbye: the server stopped\n", "{bytes:?} {session}");
            running.await.unwrap().unwrap();
            assert_eq!(closed.load(Ordering::SeqCst), 1, "{bytes:?} {session}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_serves_and_holds_too_much_memory_is_closed_once() {
    let handler = Batches::default();
    let closed = Arc::clone(&handler.closed);
    let handler = Arc::new(std::sync::Mutex::new(Some(handler)));
    let server = Server::sessions(async move |s: Session| -> Result<(), Close> {
        let handler = handler.lock().unwrap().take().unwrap();
        // What the conversation would do after the handler is dropped.
        let _ = s.serve(handler).await;
        std::future::pending().await
    });
    let (mut ours, theirs) = duplex(64 * 1024);
    let server = server.limits(Limits::new().memory(20 * 1024));
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    ours.write_all(&[b'a'; 30 * 1024]).await.unwrap();
    running.await.unwrap();
    assert_eq!(closed.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_handler_in_another_task_has_a_last_word_too() {
    for (bytes, expected) in [
        (&b"a\n"[..], "1 lines\ngoodbye: the handler closed the connection\n"),
        // A batch whose last frame is cancelled has no end.
        (b"hang\n", "goodbye: the handler closed the connection\n"),
    ] {
        let server = Server::sessions(async move |s: Session| -> Result<(), Close> {
            tokio::spawn(s.serve(Batches::default()));
            sleep(Duration::from_secs(1)).await;
            Ok(())
        });
        let (mut ours, theirs) = duplex(4);
        let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
        let reading = async {
            ours.write_all(bytes).await.unwrap();
            // The conversation ends while most of the reply is unwritten.
            sleep(Duration::from_millis(1100)).await;
            let mut seen = String::new();
            ours.read_to_string(&mut seen).await.unwrap();
            seen
        };
        assert_eq!(reading.await, expected);
        running.await.unwrap();
    }
}

/// Handles "quit" while its conversation ends in another task.
struct Quits(mpsc::UnboundedSender<()>);

impl Handler for Quits {
    type In<'a> = Line;
    type Out = Line;
    type State = usize;

    async fn open(&self, _: &mut Conn<Line>) -> Result<usize, Close> {
        Ok(0)
    }

    async fn frame(&self, conn: &mut Conn<Line>, lines: &mut usize, line: Line) -> Result<(), Close> {
        *lines += 1;
        if line.text == "quit" {
            let peer: Peer<Line> = conn.handle();
            conn.send(Line::new("one"))?;
            tokio::task::yield_now().await;
            peer.try_send(Line::new("pushed"))?;
            // This waits behind the pushed line.
            conn.send(Line::new("two"))?;
            self.0.send(())?;
            while !peer.is_closed() {
                tokio::task::yield_now().await;
            }
            conn.close();
        }
        Ok(())
    }

    async fn batch_end(&self, conn: &mut Conn<Line>, lines: &mut usize) -> Result<(), Close> {
        Ok(conn.send(Line::new(format!("{} lines", std::mem::take(lines))))?)
    }

    fn ending(&self, conn: &mut Conn<Line>, _: &mut usize, _: &CloseReason) {
        let _ = conn.send(Line::new("goodbye"));
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_if_a_handler_ends_after_its_conversation() {
    let server = Server::sessions(async move |s: Session| -> Result<(), Close> {
        let (quits, mut quit) = mpsc::unbounded_channel();
        tokio::spawn(s.serve(Quits(quits)));
        quit.recv().await.ok_or("no line")?;
        Ok(())
    });
    let (mut ours, theirs) = duplex(2);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    ours.write_all(b"quit\n").await.unwrap();
    // Most of it is unwritten when the conversation ends.
    sleep(Duration::from_millis(100)).await;
    let mut seen = String::new();
    ours.read_to_string(&mut seen).await.unwrap();
    assert_eq!(seen, "one\npushed\ntwo\n1 lines\ngoodbye\n");
    running.await.unwrap();
}

/// Returns how many failures and panics a server has counted, whose handler fails at the frame "fail".
async fn counted<M: 'static>(conversation: impl Conversation<M>, bytes: &[u8]) -> (u64, u64) {
    let mut server = Server::sessions(conversation);
    let counters = server.counters();
    let (mut ours, theirs) = duplex(64);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    ours.write_all(bytes).await.unwrap();
    if bytes.is_empty() {
        ours.shutdown().await.unwrap();
    }
    ours.read_to_string(&mut String::new()).await.unwrap();
    // Until then the handler waits for this side to be closed.
    sleep(Duration::from_secs(5)).await;
    drop(ours);
    running.await.unwrap();
    (counters.snapshot().failures, counters.snapshot().panics)
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_counted_once() {
    let given_up = async |s: Session| -> Result<(), Close> {
        let half_a_second = Duration::from_millis(500);
        match timeout(half_a_second, s.serve(Batches::default())).await {
            Ok(ended) => ended,
            Err(_) => Err("too long".into()),
        }
    };
    assert_eq!(counted(given_up, b"fail\n").await, (1, 0));
    let passed_on = async |s: Session| s.serve(Batches::default()).await;
    assert_eq!(counted(passed_on, b"fail\n").await, (1, 0));
    let panics = async |s: Session| {
        let _ = s.serve(Batches::default()).await;
        panic!("as expected")
    };
    assert_eq!(counted(panics, b"fail\n").await, (1, 1));
    assert_eq!(counted(panics, b"panic\n").await, (0, 1));
    // What goes wrong after an ordinary end counts as well.
    let unsaved = async |s: Session| {
        s.serve(Batches::default()).await?;
        Err("not saved".into())
    };
    assert_eq!(counted(unsaved, b"").await, (1, 0));
    let panics = async |s: Session| {
        s.serve(Batches::default()).await?;
        panic!("as expected")
    };
    assert_eq!(counted(panics, b"").await, (0, 1));
}

#[tokio::test]
async fn a_reset_cancels_a_handler_that_waits() {
    let handler = Batches::default();
    let closed = Arc::clone(&handler.closed);
    let server = Server::new(handler).bind("127.0.0.1:0").await.unwrap();
    let peer = std::net::TcpStream::connect(server.local_addr()).unwrap();
    let running = tokio::spawn(server.serve());
    std::io::Write::write_all(&mut &peer, b"hang\n").unwrap();
    socket2::SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
    drop(peer);
    while closed.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    running.abort();
}

#[tokio::test(start_paused = true)]
async fn a_half_closed_connection_stays_open_for_pushes_if_asked() {
    for ends_by in ["nobody left", "close", "idle"] {
        let (told, mut peers) = mpsc::unbounded_channel();
        let handler = Batches { peers: Some(told), ..Batches::default() };
        let (mut ours, theirs) = duplex(64 * 1024);
        let server = Server::new(handler).half_close(true);
        let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
        ours.write_all(b"a\n").await.unwrap();
        ours.shutdown().await.unwrap();
        let peer = peers.recv().await.unwrap();
        let mut seen = [0; 8];
        ours.read_exact(&mut seen).await.unwrap();
        tokio::time::sleep(Duration::from_secs(60)).await;
        peer.send(Line::new("pushed")).await.unwrap();
        let mut seen = [0; 7];
        ours.read_exact(&mut seen).await.unwrap();
        assert_eq!(&seen, b"pushed\n");
        let start = Instant::now();
        match ends_by {
            "close" => peer.close(),
            "nobody left" => drop(peer),
            _ => std::mem::forget(peer),
        }
        let mut seen = String::new();
        ours.read_to_string(&mut seen).await.unwrap();
        assert_eq!(start.elapsed().as_secs(), if ends_by == "idle" { 300 } else { 0 }, "{ends_by}");
        drop(ours);
        running.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_half_closed_connection_counts_towards_the_memory() {
    let limits = Limits::new().memory(32 * 1024).slow_reader(None).idle(None);
    let mut server = Server::new(async |line: Line| Line::new(line.text.repeat(30_000)));
    let counters = server.counters();
    let server = server.limits(limits).half_close(true);
    let (mut ours, theirs) = duplex(64);
    ours.write_all(b"ab\n").await.unwrap();
    ours.shutdown().await.unwrap();
    // The peer does not read its reply.
    let serving = server.serve_connection(theirs);
    tokio::time::timeout(Duration::from_secs(60), serving).await.expect("it stays open").unwrap();
    assert_eq!(counters.snapshot().evicted, 1);
}
