//! Tests of frames that a handler sends, in different ways and in different orders.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Waker};
use std::time::Duration;

use framewright::net::{Close, Conn, Handler, Limits, Peer, Server, Session};
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream, DuplexStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::counted::Counted;
use crate::frames::Line;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn pipe(server: Server<impl framewright::net::Service>, size: usize) -> DuplexStream {
    let (ours, theirs) = tokio::io::duplex(size);
    tokio::spawn(async move { server.serve_connection(theirs).await });
    ours
}

async fn exchange(server: Server<impl framewright::net::Service>, request: &[u8]) -> String {
    let mut pipe = pipe(server, 1 << 16);
    pipe.write_all(request).await.unwrap();
    pipe.shutdown().await.unwrap();
    let mut replies = String::new();
    pipe.read_to_string(&mut replies).await.unwrap();
    replies
}

/// A handler that answers each line with two copies of it.
struct Twice;

impl Handler for Twice {
    type In<'a> = Line;
    type Out = Line;
    type State = ();

    async fn open(&self, _: &mut Conn<Line>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame<'a>(&'a self, conn: &'a mut Conn<Line>, (): &'a mut (), line: Line) -> Result<(), Close> {
        conn.send(&line)?;
        Ok(conn.send(&line)?)
    }
}

/// A handler that answers each line with several lines. The text of the line selects how they are
/// sent.
struct Ways;

impl Handler for Ways {
    type In<'a> = Line;
    type Out = Line;
    type State = ();

    async fn open(&self, conn: &mut Conn<Line>) -> Result<(), Close> {
        Ok(conn.send(Line::new("welcome"))?)
    }

    async fn frame<'a>(&'a self, conn: &'a mut Conn<Line>, (): &'a mut (), line: Line) -> Result<(), Close> {
        let numbered = |number: u32| Line::new(format!("{} {number}", line.text));
        conn.send(numbered(1))?;
        match &*line.text {
            "handle" => conn.handle().send(numbered(2)).await?,
            "thread" => std::thread::scope(|scope| scope.spawn(|| conn.send(numbered(2))).join().unwrap())?,
            "flush" => {
                conn.flush().await?;
                conn.send(numbered(2))?;
            }
            "yield" => {
                tokio::task::yield_now().await;
                conn.send(numbered(2))?;
            }
            "nested" => {
                // Another server runs inside this handler, on its thread.
                let (mut ours, theirs) = tokio::io::duplex(64);
                let inner = Server::new(Twice);
                let (served, text) = tokio::join!(inner.serve_connection(theirs), async move {
                    ours.write_all(b"inner\n").await.unwrap();
                    ours.shutdown().await.unwrap();
                    let mut text = String::new();
                    ours.read_to_string(&mut text).await.unwrap();
                    text
                });
                served?;
                conn.send(Line::new(text.replace('\n', ",")))?;
            }
            _ => conn.send(numbered(2))?,
        }
        conn.send(numbered(3))?;
        Ok(())
    }
}

#[tokio::test]
async fn frames_arrive_in_the_order_in_which_they_are_sent() {
    for way in ["plain", "handle", "thread", "flush", "yield"] {
        let replies = exchange(Server::new(Ways), format!("{way}\nlast\n").as_bytes()).await;
        let expected = format!("welcome\n{way} 1\n{way} 2\n{way} 3\nlast 1\nlast 2\nlast 3\n");
        assert_eq!(replies, expected, "{way}");
    }
}

#[tokio::test]
async fn a_server_inside_a_handler_answers_its_own_peer() {
    let replies = exchange(Server::new(Ways), b"nested\n").await;
    assert_eq!(replies, "welcome\nnested 1\ninner,inner,\nnested 3\n");
}

#[tokio::test]
async fn many_connections_on_one_thread_keep_their_replies_apart() {
    let server = Arc::new(Server::new(Ways));
    let mut guests = Vec::new();
    for index in 0..50 {
        let (mut ours, theirs) = tokio::io::duplex(1 << 12);
        let server = Arc::clone(&server);
        tokio::spawn(async move { server.serve_connection(theirs).await });
        let way = ["plain", "handle", "flush", "yield", "thread"][index % 5];
        ours.write_all(format!("{way}\n{index}\n").as_bytes()).await.unwrap();
        ours.shutdown().await.unwrap();
        guests.push((index, way, ours));
    }
    for (index, way, mut guest) in guests {
        let mut replies = String::new();
        guest.read_to_string(&mut replies).await.unwrap();
        let expected = format!("welcome\n{way} 1\n{way} 2\n{way} 3\n{index} 1\n{index} 2\n{index} 3\n");
        assert_eq!(replies, expected);
    }
}

/// A handler that sends until the out-buffer is full, and then flushes and reports the number of
/// frames sent.
struct Greedy;

impl Handler for Greedy {
    type In<'a> = Line;
    type Out = Line;
    type State = ();

    async fn open(&self, _: &mut Conn<Line>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame<'a>(&'a self, conn: &'a mut Conn<Line>, (): &'a mut (), line: Line) -> Result<(), Close> {
        let mut sent = 0;
        loop {
            match conn.send(&line) {
                Ok(()) => sent += 1,
                Err(Error::Full) => break,
                Err(error) => return Err(error.into()),
            }
        }
        conn.flush().await?;
        Ok(conn.send(Line::new(sent.to_string()))?)
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_sends_a_lot_gets_an_error_and_flushes() {
    let mut pipe = pipe(Server::new(Greedy).limits(Limits::new().out_buffer(100)), 16);
    pipe.write_all(b"123456789\n").await.unwrap();
    // The peer reads nothing for a while, so the handler waits for the flush.
    tokio::time::sleep(Duration::from_secs(5)).await;
    pipe.shutdown().await.unwrap();
    let mut replies = String::new();
    pipe.read_to_string(&mut replies).await.unwrap();
    assert_eq!(replies, format!("{}10\n", "123456789\n".repeat(10)));
}

/// Sends a line. Before its turn ends, another thread asks whether everything is written.
struct Hasty(mpsc::UnboundedSender<(bool, Peer<Line>)>);

impl Handler for Hasty {
    type In<'a> = Line;
    type Out = Line;
    type State = ();

    async fn open(&self, _: &mut Conn<Line>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame(&self, conn: &mut Conn<Line>, (): &mut (), line: Line) -> Result<(), Close> {
        conn.send(line)?;
        let peer: Peer<Line> = conn.handle();
        let asking = std::thread::spawn(move || {
            let cx = &mut Context::from_waker(Waker::noop());
            let flushed = pin!(peer.flushed()).poll(cx).is_ready();
            (flushed, peer)
        });
        Ok(self.0.send(asking.join().map_err(|_| "the thread panicked")?)?)
    }
}

/// Answers a line, and waits for ever if it is "wait".
struct Answers(mpsc::UnboundedSender<Peer<Line>>);

impl Handler for Answers {
    type In<'a> = Line;
    type Out = Line;
    type State = ();

    async fn open(&self, _: &mut Conn<Line>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame(&self, conn: &mut Conn<Line>, (): &mut (), line: Line) -> Result<(), Close> {
        let waits = line.text == "wait";
        conn.send(line)?;
        self.0.send(conn.handle())?;
        if waits {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_handler_has_sent_and_was_lost_is_not_flushed() {
    // Writing fails, because the client is gone.
    let (told, mut peers) = mpsc::unbounded_channel();
    let server = Server::new(Answers(told));
    let (mut ours, theirs) = tokio::io::duplex(64);
    ours.write_all(b"hi\n").await.unwrap();
    drop(ours);
    server.serve_connection(theirs).await.unwrap();
    assert!(matches!(peers.recv().await.unwrap().flushed().await, Err(Error::Closed)));
    // The server is dropped before the frame is written.
    let (told, mut peers) = mpsc::unbounded_channel();
    let server = Server::new(Answers(told));
    let (mut ours, theirs) = tokio::io::duplex(4);
    ours.write_all(b"wai").await.unwrap();
    let writing = async { ours.write_all(b"t\n").await.unwrap() };
    let peer = tokio::select! {
        _ = server.serve_connection(theirs) => panic!("the handler is done"),
        (peer, ()) = async { tokio::join!(peers.recv(), writing) } => peer.unwrap(),
    };
    assert!(matches!(peer.flushed().await, Err(Error::Closed)));
}

#[tokio::test(start_paused = true)]
async fn what_a_handler_has_sent_is_not_flushed_before_it_is_written() {
    let (told, mut asked) = mpsc::unbounded_channel();
    let server = Server::new(Hasty(told));
    let (mut ours, theirs) = tokio::io::duplex(4);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    ours.write_all(b"hi\n").await.unwrap();
    let (flushed, peer) = asked.recv().await.unwrap();
    assert!(!flushed);
    timeout(MINUTE, peer.flushed()).await.unwrap().unwrap();
    let mut seen = [0; 3];
    ours.read_exact(&mut seen).await.unwrap();
    assert_eq!(&seen, b"hi\n");
    // Nothing is left to be written.
    timeout(MINUTE, peer.flushed()).await.unwrap().unwrap();
    drop(ours);
    running.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_a_stream_holds_back_is_not_flushed() {
    let (told, mut asked) = mpsc::unbounded_channel();
    let server = Server::new(Hasty(told));
    let (mut ours, theirs) = tokio::io::duplex(1);
    // This stream holds bytes back, like TLS.
    let running = tokio::spawn(async move { server.serve_connection(BufStream::new(theirs)).await });
    ours.write_all(b"hi\n").await.unwrap();
    let (_, peer) = asked.recv().await.unwrap();
    for expected in [b'h', b'i'] {
        assert!(timeout(SECOND, peer.flushed()).await.is_err());
        assert_eq!(ours.read_u8().await.unwrap(), expected);
    }
    timeout(SECOND, peer.flushed()).await.unwrap().unwrap();
    // What is lost is not flushed either.
    ours.write_all(b"ho\n").await.unwrap();
    let (_, peer) = asked.recv().await.unwrap();
    drop(ours);
    running.await.unwrap().unwrap();
    assert!(matches!(peer.flushed().await, Err(Error::Closed)));
}

/// Answers a line, and waits until the reply is written.
pub(crate) struct Flushes;

impl Handler for Flushes {
    type In<'a> = Line;
    type Out = Line;
    type State = ();

    async fn open(&self, _: &mut Conn<Line>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame(&self, conn: &mut Conn<Line>, (): &mut (), line: Line) -> Result<(), Close> {
        conn.send(line)?;
        Ok(conn.flush().await?)
    }
}

#[tokio::test(start_paused = true)]
async fn a_flush_waits_for_what_a_stream_holds_back() {
    let (mut ours, theirs) = tokio::io::duplex(1);
    let (counted, writes) = Counted::new(theirs);
    let running =
        tokio::spawn(async move { Server::new(Flushes).serve_connection(BufStream::new(counted)).await });
    ours.write_all(b"hi\n").await.unwrap();
    tokio::time::sleep(SECOND).await;
    let mut seen = [0; 3];
    ours.read_exact(&mut seen).await.unwrap();
    assert_eq!(&seen, b"hi\n");
    drop(ours);
    running.await.unwrap().unwrap();
    let writes = writes.load(Ordering::Relaxed);
    assert!(writes < 20, "{writes} writes of three bytes");
}

#[tokio::test(start_paused = true)]
async fn what_a_stream_holds_back_is_written_by_a_tunnel() {
    let (ours, mut theirs) = tokio::io::duplex(4);
    let mut s = Session::over(BufStream::new(ours), &ClientOptions::new());
    assert!(timeout(SECOND, s.send(&Line::new("0123456789"))).await.is_err());
    let (_silent, far) = tokio::io::duplex(64);
    let tunnel = tokio::spawn(s.tunnel(far));
    let mut seen = [0; 11];
    timeout(SECOND, theirs.read_exact(&mut seen)).await.expect("the rest is held back").unwrap();
    assert_eq!(&seen, b"0123456789\n");
    tunnel.abort();
}

#[tokio::test(start_paused = true)]
async fn what_a_stream_holds_back_is_written_before_the_end() {
    // A session without a task, which is dropped after it has sent.
    let (ours, mut theirs) = tokio::io::duplex(4);
    let mut s = Session::over(BufStream::new(ours), &ClientOptions::new());
    let line = Line::new("0123456789");
    assert!(timeout(SECOND, s.send(&line)).await.is_err());
    let mut seen = String::new();
    let ends = async {
        s.flush().await.unwrap();
        drop(s);
    };
    let (read, ()) = tokio::join!(theirs.read_to_string(&mut seen), ends);
    assert_eq!((read.unwrap(), &*seen), (11, "0123456789\n"));
    // A connection of a server that is closed while its peer reads slowly.
    let (mut ours, theirs) = tokio::io::duplex(4);
    let server = Server::new(async |line: Line| (line.text == "hi").then(|| Line::new("x".repeat(199))));
    let running = tokio::spawn(async move { server.serve_connection(BufStream::new(theirs)).await });
    ours.write_all(b"hi\n").await.unwrap();
    ours.shutdown().await.unwrap();
    for _ in 0..20 {
        tokio::time::sleep(SECOND / 4).await;
        ours.read_exact(&mut [0; 10]).await.unwrap();
    }
    drop(ours);
    running.await.unwrap().unwrap();
}
