//! Tests that a handler does not fail because its connection is closed while it works.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use framewright::Error;
use framewright::net::{Close, CloseReason, Conn, Conversation, Handler, Peer, Server, Service, Session};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::sync::{Mutex, mpsc};
use tokio::time::sleep;

use crate::frames::Line;

/// What the handler tells its test.
enum Told {
    Opened(Peer<Line>),
    Closed(CloseReason),
}

/// Handles each line for a second, and then answers in the way that the line says.
struct Slow(mpsc::UnboundedSender<Told>);

impl Handler for Slow {
    type In<'a> = Line;
    type Out = Line;
    type State = ();

    async fn open(&self, conn: &mut Conn<Line>) -> Result<(), Close> {
        Ok(self.0.send(Told::Opened(conn.handle()))?)
    }

    async fn frame(&self, conn: &mut Conn<Line>, (): &mut (), line: Line) -> Result<(), Close> {
        sleep(Duration::from_secs(1)).await;
        let peer = conn.handle();
        match &*line.text {
            "send" => peer.send(line).await?,
            "try" => peer.try_send(line)?,
            "wrap" => peer.send(line).await.map_err(Error::other)?,
            "io" => peer.send(line).await.map_err(io::Error::other)?,
            // As from another connection that is used here.
            "other" => Err(Error::Closed)?,
            _ => Err("as asked")?,
        }
        Ok(())
    }

    async fn closed(&self, (): (), why: CloseReason) {
        let _ = self.0.send(Told::Closed(why));
    }
}

/// Closes a connection while a line is handled. Returns the reason for its end, and how many failures
/// are counted.
async fn closed<S: Service>(server: impl FnOnce(Slow) -> Server<S>, line: &str) -> (String, u64) {
    let (tells, mut told) = mpsc::unbounded_channel();
    let mut server = server(Slow(tells));
    let counters = server.counters();
    let (mut ours, theirs) = duplex(64);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    ours.write_all(line.as_bytes()).await.unwrap();
    let Some(Told::Opened(peer)) = told.recv().await else { panic!("it is not open") };
    sleep(Duration::from_millis(500)).await;
    peer.close();
    let Some(Told::Closed(why)) = told.recv().await else { panic!("it is not closed") };
    drop(ours);
    running.await.unwrap().unwrap();
    (why.to_string(), counters.snapshot().failures)
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_may_not_send_any_more_has_not_failed() {
    let ordinary = ("the handler closed the connection".to_owned(), 0);
    for line in ["send\n", "try\n", "wrap\n", "io\n"] {
        assert_eq!(closed(Server::new, line).await, ordinary, "{line}");
    }
    assert_eq!(closed(Server::new, "fail\n").await, ("the handler failed: as asked".to_owned(), 1));
}

#[tokio::test(start_paused = true)]
async fn neither_has_a_frame_that_is_handled_in_a_task() {
    let server = |slow: Slow| Server::new(slow).concurrency(1);
    let ordinary = ("the handler closed the connection".to_owned(), 0);
    // The connection stays open while the second line waits for the first one.
    for lines in ["send\nsend\n", "try\ntry\n", "wrap\nwrap\n", "io\nio\n"] {
        assert_eq!(closed(server, lines).await, ordinary, "{lines}");
    }
    let failed = ("the handler failed: as asked".to_owned(), 1);
    assert_eq!(closed(server, "fail\nsend\n").await, failed);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_another_connection_is_a_failure() {
    let (tells, mut told) = mpsc::unbounded_channel();
    let mut server = Server::new(Slow(tells)).concurrency(2);
    let counters = server.counters();
    let (mut ours, theirs) = duplex(64);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    ours.write_all(b"other\n").await.unwrap();
    let Some(Told::Opened(_peer)) = told.recv().await else { panic!("it is not open") };
    let Some(Told::Closed(why)) = told.recv().await else { panic!("it is not closed") };
    drop(ours);
    running.await.unwrap().unwrap();
    assert_eq!(why.to_string(), "the handler failed: the connection is closed");
    assert_eq!(counters.snapshot().failures, 1);
    let other = async |_: Session| -> Result<(), Close> { Err(Error::Closed)? };
    assert_eq!(failures(other).await, 1);
}

/// Returns how many failures are counted of a conversation whose peer closes its side.
async fn failures<M: 'static>(conversation: impl Conversation<M>) -> u64 {
    let mut server = Server::sessions(conversation);
    let counters = server.counters();
    let (mut ours, theirs) = duplex(64);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    ours.shutdown().await.unwrap();
    ours.read_to_string(&mut String::new()).await.unwrap();
    drop(ours);
    running.await.unwrap().unwrap();
    counters.snapshot().failures
}

#[tokio::test(start_paused = true)]
async fn neither_has_a_conversation() {
    let sends = async |s: Session| -> Result<(), Close> {
        let peer: Peer<Line> = s.handle();
        peer.close();
        Ok(peer.send(Line::new("late")).await?)
    };
    assert_eq!(failures(sends).await, 0);
    let tries = async |s: Session| -> Result<(), Close> {
        let peer: Peer<Line> = s.handle();
        peer.close();
        Ok(peer.try_send(Line::new("late"))?)
    };
    assert_eq!(failures(tries).await, 0);
    let waits = async |mut s: Session| -> Result<(), Close> {
        s.require::<Line>().await?;
        Ok(())
    };
    assert_eq!(failures(waits).await, 0);
    let wraps = async |mut s: Session| -> Result<(), Close> {
        s.require::<Line>().await.map_err(Error::other)?;
        Ok(())
    };
    assert_eq!(failures(wraps).await, 0);
    let shares = async |s: Session| -> Result<(), Close> {
        let shared = Arc::new(Mutex::new(s));
        let other = Arc::clone(&shared);
        tokio::spawn(async move {
            sleep(Duration::from_secs(60)).await;
            drop(other);
        });
        shared.lock().await.require::<Line>().await?;
        Ok(())
    };
    assert_eq!(failures(shares).await, 0);
    let fails = async |s: Session| -> Result<(), Close> {
        s.handle::<Line>().close();
        Err("as expected".into())
    };
    assert_eq!(failures(fails).await, 1);
}
