//! Tests of sessions that another task polls than the one of their connection, and of sessions that
//! wait for something else than the peer.

use std::future::{pending, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use framewright::net::{Close, Peer, Session};
use framewright::prelude::*;
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};

use crate::frames::Line;
use crate::sends::Flushes;

const HOUR: Duration = Duration::from_secs(3600);
const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_deadline_survives_a_move_to_another_task() {
    let (ours, _theirs) = duplex(64);
    let mut s = Session::over(ours, &ClientOptions::new());
    let start = Instant::now();
    s.deadline(start + 5 * SECOND);
    tokio::select! {
        biased;
        received = s.recv::<Line>() => panic!("{received:?}"),
        () = ready(()) => {}
    }
    s.deadline(start + 60 * SECOND);
    let moved = tokio::spawn(async move {
        // This is the first method that the other task polls, and it does not wait.
        s.send(&Line::new("moved")).await.unwrap();
        s.recv::<Line>().await
    });
    let ended = timeout(HOUR, moved).await.expect("the deadline is lost").unwrap();
    assert!(matches!(ended, Err(Error::Timeout(_))), "{ended:?}");
    assert_eq!(start.elapsed().as_secs(), 60);
}

/// What a conversation tells its test.
enum Told {
    Peer(Peer<Line>),
    /// The conversation has handled an event.
    Handled,
    /// The session has received the last frame.
    Over,
}

/// The test's side of a conversation: the sender of events, and what is told.
type Side = (mpsc::UnboundedSender<()>, mpsc::UnboundedReceiver<Told>);

/// A conversation that waits for events, while another task receives from its session.
async fn in_two_tasks(mut s: Session, began: mpsc::UnboundedSender<Side>) -> Result<(), Close> {
    let (told, telling) = mpsc::unbounded_channel();
    let (events, mut happened) = mpsc::unbounded_channel();
    began.send((events, telling))?;
    s.deadline(Instant::now() + HOUR);
    told.send(Told::Peer(s.handle()))?;
    let receives = told.clone();
    let mut receiving = tokio::spawn(async move {
        while let Some(line) = s.recv::<Line>().await? {
            s.send(&line).await?;
        }
        let _ = receives.send(Told::Over);
        Ok::<_, Error>(())
    });
    loop {
        tokio::select! {
            ended = &mut receiving => return Ok(ended??),
            Some(()) = happened.recv() => told.send(Told::Handled)?,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_in_another_task_sees_the_drain() {
    let (began, mut conversations) = mpsc::unbounded_channel();
    let server = Server::sessions(async move |s: Session| in_two_tasks(s, began).await);
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let mut io = TcpStream::connect(server.local_addr()).await.unwrap();
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(server.serve_until(stopped));
    let (events, mut told) = conversations.recv().await.unwrap();
    assert!(matches!(told.recv().await, Some(Told::Peer(_))));
    io.write_all(b"hello\n").await.unwrap();
    io.read_exact(&mut [0; 6]).await.unwrap();
    events.send(()).unwrap();
    assert!(matches!(told.recv().await, Some(Told::Handled)));
    stop.send(()).unwrap();
    assert!(matches!(timeout(HOUR, told.recv()).await, Ok(Some(Told::Over))));
    running.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_session_in_another_task_is_closed_by_a_peer_and_by_its_limits() {
    for (closes, expected) in [(true, 0), (false, 300)] {
        let (began, mut conversations) = mpsc::unbounded_channel();
        let server = Server::sessions(async move |s: Session| in_two_tasks(s, began).await);
        let (mut io, theirs) = duplex(64);
        let running = tokio::spawn(async move { server.serve_connection(theirs).await });
        let (events, mut told) = conversations.recv().await.unwrap();
        let Some(Told::Peer(peer)) = told.recv().await else { panic!("no handle") };
        io.write_all(b"hello\n").await.unwrap();
        io.read_exact(&mut [0; 6]).await.unwrap();
        let start = Instant::now();
        events.send(()).unwrap();
        assert!(matches!(told.recv().await, Some(Told::Handled)));
        if closes {
            peer.close();
        }
        assert_eq!(timeout(2 * HOUR, io.read(&mut [0; 8])).await.unwrap().unwrap(), 0);
        assert_eq!(start.elapsed().as_secs(), expected);
        // The other task ends as well.
        assert!(timeout(HOUR, told.recv()).await.expect("the task stays").is_none());
        drop(io);
        running.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn closing_a_session_that_waits_for_something_else() {
    let (told, mut peers) = mpsc::unbounded_channel::<Peer<Line>>();
    let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        told.send(s.handle())?;
        s.feed(&Line::new("fed"))?;
        pending().await
    });
    let (mut io, theirs) = duplex(4);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    let peer = peers.recv().await.unwrap();
    peer.send(Line::new("pushed to the peer")).await.unwrap();
    peer.close();
    let mut seen = String::new();
    timeout(HOUR, io.read_to_string(&mut seen)).await.expect("the session stays open").unwrap();
    assert_eq!(seen, "fed\npushed to the peer\n");
    drop(io);
    running.await.unwrap().unwrap();
}

/// Receives frames in another task, until no frame arrives for a second. Then that task waits for
/// something else.
async fn receives_for_a_while(mut s: Session, told: mpsc::UnboundedSender<Told>) -> Result<(), Close> {
    told.send(Told::Peer(s.handle()))?;
    let receiving = tokio::spawn(async move {
        if let Some(line) = s.recv::<Line>().await? {
            s.send(&line).await?;
        }
        if told.send(Told::Handled).is_ok() {
            let gives_up = timeout(SECOND, s.recv::<Line>()).await;
            assert!(gives_up.is_err(), "{gives_up:?}");
            let _ = told.send(Told::Over);
        }
        pending::<()>().await;
        Ok::<_, Error>(())
    });
    Ok(receiving.await??)
}

#[tokio::test(start_paused = true)]
async fn a_task_that_waits_for_something_else_delays_no_pushes() {
    for gives_up in [false, true] {
        let (tells, mut told) = mpsc::unbounded_channel();
        let server = Server::sessions(async move |s: Session| receives_for_a_while(s, tells).await);
        let (mut io, theirs) = duplex(64);
        let running = tokio::spawn(async move { server.serve_connection(theirs).await });
        let Some(Told::Peer(peer)) = told.recv().await else { panic!("no handle") };
        io.write_all(b"hello\n").await.unwrap();
        if gives_up {
            assert!(matches!(told.recv().await, Some(Told::Handled)));
            assert!(matches!(told.recv().await, Some(Told::Over)));
        } else {
            // The task does not go on from here.
            told.close();
        }
        io.read_exact(&mut [0; 6]).await.unwrap();
        peer.send(Line::new("pushed")).await.unwrap();
        let mut pushed = [0; 7];
        timeout(HOUR, io.read_exact(&mut pushed)).await.expect("the push waits").unwrap();
        assert_eq!(&pushed, b"pushed\n");
        peer.close();
        assert_eq!(timeout(HOUR, io.read(&mut pushed)).await.expect("the session stays open").unwrap(), 0);
        drop(io);
        running.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_in_another_task_ends_with_a_connection_that_is_dropped() {
    let (began, mut conversations) = mpsc::unbounded_channel();
    let server = Server::sessions(async move |s: Session| in_two_tasks(s, began).await);
    let (mut io, theirs) = duplex(64);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    let (events, mut told) = conversations.recv().await.unwrap();
    assert!(matches!(told.recv().await, Some(Told::Peer(_))));
    io.write_all(b"hello\n").await.unwrap();
    io.read_exact(&mut [0; 6]).await.unwrap();
    running.abort();
    assert_eq!(timeout(HOUR, io.read(&mut [0])).await.expect("the stream stays open").unwrap(), 0);
    assert!(timeout(HOUR, told.recv()).await.expect("the task stays").is_none());
    drop(events);
}

#[tokio::test(start_paused = true)]
async fn a_handler_in_another_task_ends_with_the_conversation() {
    for waits in [false, true] {
        end_the_conversation(waits).await;
    }
}

/// Ends a conversation after a second, while a handler in another task waits for a frame or in one.
async fn end_the_conversation(waits: bool) {
    let mut server = Server::sessions(async move |s: Session| -> Result<(), Close> {
        tokio::spawn(s.serve(async move |line: Line| {
            if waits {
                sleep(HOUR).await;
            }
            line
        }));
        sleep(SECOND).await;
        Err("as asked".into())
    });
    let counters = server.counters();
    let (mut io, theirs) = duplex(64);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    let start = Instant::now();
    io.write_all(b"hello\n").await.unwrap();
    let mut seen = String::new();
    timeout(HOUR, io.read_to_string(&mut seen)).await.expect("the handler goes on").unwrap();
    assert_eq!((&*seen, start.elapsed().as_secs()), (if waits { "" } else { "hello\n" }, 1));
    drop(io);
    running.await.unwrap().unwrap();
    assert_eq!(counters.snapshot().failures, 1);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_waits_for_its_flush_does_not_fail_if_its_conversation_ends() {
    let (told, mut ends) = mpsc::unbounded_channel();
    let mut server = Server::sessions(async move |s: Session| -> Result<(), Close> {
        tokio::spawn(async move { told.send(s.serve(Flushes).await) });
        sleep(SECOND).await;
        Ok(())
    });
    let counters = server.counters();
    let (mut io, theirs) = duplex(4);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    io.write_all(b"hello\n").await.unwrap();
    sleep(SECOND + SECOND / 10).await;
    let mut seen = String::new();
    io.read_to_string(&mut seen).await.unwrap();
    assert_eq!(seen, "hello\n");
    drop(io);
    let ended = ends.recv().await.unwrap();
    assert!(ended.is_ok(), "{ended:?}");
    running.await.unwrap().unwrap();
    assert_eq!(counters.snapshot().failures, 0);
}

#[derive(Default)]
struct Counting(AtomicUsize);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_waits_before_its_task_runs_is_woken() {
    let woken = Arc::new(Counting::default());
    let waker = Waker::from(Arc::clone(&woken));
    let server = Server::sessions(move |mut s: Session| {
        let mut receiving = Box::pin(async move { s.recv::<Line>().await.map(drop) });
        assert!(receiving.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        async move {
            pending::<()>().await;
            drop(receiving);
            Ok(())
        }
    });
    let (_io, theirs) = duplex(64);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    // The connection's task has run when nothing else is left to do.
    sleep(SECOND).await;
    assert_eq!(woken.0.load(Ordering::Relaxed), 1);
    running.abort();
}
