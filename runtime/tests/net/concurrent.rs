//! Tests of a connection that handles several frames at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use framewright::net::{Close, CloseReason, Conn, Handler, Limits, Peer, Server, Service};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{Instant, sleep};

use crate::frames::Line;

/// Answers after a number of seconds: `5 a` is answered by `a` after five seconds.
async fn later(line: Line) -> Result<Line, &'static str> {
    let (seconds, text) = line.text.split_once(' ').ok_or("no time")?;
    match text {
        "panic" => panic!("as asked"),
        "fail" => return Err("as asked"),
        _ => {}
    }
    sleep(Duration::from_secs(seconds.parse().unwrap())).await;
    Ok(Line::new(text))
}

fn pipe(server: Server<impl Service>) -> DuplexStream {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    tokio::spawn(async move { server.serve_connection(theirs).await });
    ours
}

async fn all(mut pipe: DuplexStream) -> String {
    let mut replies = String::new();
    pipe.read_to_string(&mut replies).await.unwrap();
    replies
}

#[tokio::test(start_paused = true)]
async fn replies_come_in_order_by_default() {
    let mut pipe = pipe(Server::new(later));
    pipe.write_all(b"3 a\n1 b\n0 c\n").await.unwrap();
    pipe.shutdown().await.unwrap();
    assert_eq!(all(pipe).await, "a\nb\nc\n");
}

#[tokio::test(start_paused = true)]
async fn replies_come_as_they_are_done_with_concurrency() {
    let start = Instant::now();
    let mut pipe = pipe(Server::new(later).concurrency(8));
    pipe.write_all(b"3 a\n1 b\n0 c\n").await.unwrap();
    let mut first = [0; 4];
    pipe.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"c\nb\n");
    // The end of the peer's stream does not cancel running handlers.
    pipe.shutdown().await.unwrap();
    assert_eq!(all(pipe).await, "a\n");
    assert_eq!(start.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn frames_before_malformed_bytes_are_answered() {
    for frames in [1, 8] {
        let mut pipe = pipe(Server::new(later).concurrency(frames));
        pipe.write_all(b"3 a\n3 b\n\xff\n").await.unwrap();
        assert_eq!(all(pipe).await, "a\nb\n", "{frames}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_more_than_the_limit() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counters = (Arc::clone(&now), Arc::clone(&most));
    let work = async move |line: Line| {
        let (now, most) = counters;
        most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        sleep(Duration::from_secs(1)).await;
        now.fetch_sub(1, Ordering::Relaxed);
        line
    };
    let start = Instant::now();
    let mut pipe = pipe(Server::new(work).concurrency(4));
    pipe.write_all(&b"x\n".repeat(20)).await.unwrap();
    pipe.shutdown().await.unwrap();
    assert_eq!(all(pipe).await, "x\n".repeat(20));
    assert_eq!(most.load(Ordering::Relaxed), 4);
    assert_eq!(start.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_failure_or_a_panic_closes() {
    for last in ["fail", "panic"] {
        let mut pipe = pipe(Server::new(later).concurrency(8));
        pipe.write_all(format!("0 a\n9 never\n0 {last}\n").as_bytes()).await.unwrap();
        assert_eq!(all(pipe).await, "a\n", "{last}");
    }
    // The same happens if the handler fails only later.
    let late = async |line: Line| -> Result<Line, &'static str> {
        sleep(Duration::from_secs(1)).await;
        assert_ne!(line.text, "panic");
        if line.text == "fail" { Err("as asked") } else { Ok(line) }
    };
    for last in ["fail", "panic"] {
        let mut pipe = pipe(Server::new(late).concurrency(8));
        pipe.write_all(format!("a\n{last}\n").as_bytes()).await.unwrap();
        assert_eq!(all(pipe).await, "a\n", "{last}");
    }
}

#[tokio::test(start_paused = true)]
async fn replies_wait_for_room() {
    let work = async |line: Line| {
        sleep(Duration::from_secs(1)).await;
        line
    };
    let limits = Limits::new().out_buffer(100).slow_reader(None);
    let (mut ours, theirs) = tokio::io::duplex(64);
    let server = Server::new(work).limits(limits).concurrency(64);
    tokio::spawn(async move { server.serve_connection(theirs).await });
    let line = format!("{}\n", "x".repeat(49));
    let sent = line.repeat(20);
    let (mut read, mut write) = tokio::io::split(&mut ours);
    let (written, replies) = tokio::join!(
        async {
            write.write_all(sent.as_bytes()).await.unwrap();
            write.shutdown().await
        },
        async {
            sleep(Duration::from_secs(30)).await;
            let mut replies = String::new();
            read.read_to_string(&mut replies).await.unwrap();
            replies
        }
    );
    written.unwrap();
    assert_eq!(replies, sent);
}

#[tokio::test(start_paused = true)]
async fn connections_that_wait_for_replies_are_not_idle() {
    let (mut ours, theirs) = tokio::io::duplex(64);
    let limits = Limits::new().idle(Duration::from_secs(2));
    let server = Server::new(later).limits(limits).concurrency(8);
    let task = tokio::spawn(async move { server.serve_connection(theirs).await });
    ours.write_all(b"9 a\n").await.unwrap();
    let start = Instant::now();
    let mut reply = [0; 2];
    ours.read_exact(&mut reply).await.unwrap();
    assert_eq!((&reply, start.elapsed().as_secs()), (b"a\n", 9));
    // Once no handler is running, the connection counts as idle again.
    assert_eq!(ours.read(&mut reply).await.unwrap(), 0);
    assert_eq!(start.elapsed().as_secs(), 11);
    drop(ours);
    task.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn connections_whose_frames_need_no_reply_are_not_idle_while_they_are_handled() {
    for half_closed in [false, true] {
        let (mut ours, theirs) = tokio::io::duplex(64);
        let limits = Limits::new().idle(Duration::from_secs(2));
        let silent = async |_: Line| {
            sleep(Duration::from_millis(3900)).await;
            None::<Line>
        };
        let server = Server::new(silent).limits(limits).half_close(true).concurrency(8);
        let task = tokio::spawn(async move { server.serve_connection(theirs).await });
        let start = Instant::now();
        ours.write_all(b"a\n").await.unwrap();
        if half_closed {
            ours.shutdown().await.unwrap();
        }
        assert_eq!(ours.read(&mut [0]).await.unwrap(), 0);
        // A connection that is half closed ends with its last frame, since nobody can push.
        let expected = if half_closed { 3900 } else { 5900 };
        assert_eq!(start.elapsed().as_millis(), expected);
        drop(ours);
        task.await.unwrap().unwrap();
    }
}

/// Answers after the requested number of seconds. Its state keeps the connection open.
struct Kept;

impl Handler for Kept {
    type In<'a> = Line;
    type Out = Line;
    type State = Peer<Line>;

    async fn open(&self, conn: &mut Conn<Line>) -> Result<Peer<Line>, Close> {
        Ok(conn.handle())
    }

    async fn frame(&self, conn: &mut Conn<Line>, _: &mut Peer<Line>, line: Line) -> Result<(), Close> {
        Ok(conn.send(later(line).await?)?)
    }
}

#[tokio::test(start_paused = true)]
async fn half_closed_connections_that_wait_for_replies_are_not_idle() {
    let (mut ours, theirs) = tokio::io::duplex(64);
    let limits = Limits::new().idle(Duration::from_secs(2));
    let server = Server::new(Kept).limits(limits).half_close(true).concurrency(8);
    let task = tokio::spawn(async move { server.serve_connection(theirs).await });
    ours.write_all(b"9 a\n").await.unwrap();
    ours.shutdown().await.unwrap();
    let start = Instant::now();
    let mut seen = String::new();
    ours.read_to_string(&mut seen).await.unwrap();
    assert_eq!((&*seen, start.elapsed().as_secs()), ("a\n", 11));
    drop(ours);
    task.await.unwrap().unwrap();
}

/// Answers after the requested number of seconds, with the number of handlers that finished before.
struct Sleeper;

impl Handler for Sleeper {
    type In<'a> = Line;
    type Out = Line;
    type State = Arc<AtomicUsize>;

    async fn open(&self, _: &mut Conn<Line>) -> Result<Arc<AtomicUsize>, Close> {
        Ok(Arc::default())
    }

    async fn frame(
        &self,
        conn: &mut Conn<Line>,
        done: &mut Arc<AtomicUsize>,
        line: Line,
    ) -> Result<(), Close> {
        match &*line.text {
            "close" => conn.close(),
            "fail" => Err("as asked")?,
            "late fail" => {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Err("as asked")?;
            }
            "late panic" => {
                tokio::time::sleep(Duration::from_secs(1)).await;
                panic!("as asked");
            }
            "both" => {
                conn.send(Line::new("at once"))?;
                tokio::time::sleep(Duration::from_secs(1)).await;
                conn.send(Line::new("soon"))?;
                tokio::time::sleep(Duration::from_secs(1)).await;
                conn.send(Line::new("later"))?;
            }
            seconds => {
                let seconds = seconds.parse()?;
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                conn.send(Line::new(format!("{seconds} {}", done.fetch_add(1, Ordering::SeqCst))))?;
            }
        }
        Ok(())
    }

    fn ending(&self, conn: &mut Conn<Line>, done: &mut Arc<AtomicUsize>, _: &CloseReason) {
        let _ = conn.send(Line::new(format!("{} done", done.load(Ordering::SeqCst))));
    }
}

async fn slept(says: &str) -> (String, u64, framewright::net::Stats) {
    let (mut ours, theirs) = tokio::io::duplex(64 * 1024);
    let mut server = Server::new(Sleeper).concurrency(3);
    let counters = server.counters();
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    let start = tokio::time::Instant::now();
    ours.write_all(says.as_bytes()).await.unwrap();
    ours.shutdown().await.unwrap();
    let mut seen = String::new();
    ours.read_to_string(&mut seen).await.unwrap();
    drop(ours);
    running.await.unwrap();
    (seen, start.elapsed().as_secs(), counters.snapshot())
}

#[tokio::test(start_paused = true)]
async fn a_handler_with_a_state_works_on_several_frames_at_a_time() {
    // Three handlers run at a time, so the fourth begins when the first is done.
    let (seen, took, _) = slept("3\n2\n1\n3\n").await;
    assert_eq!((&*seen, took), ("1 0\n2 1\n3 2\n3 3\n4 done\n", 4));
    let (seen, took, _) = slept("both\n1\n").await;
    assert!(seen.starts_with("at once\n") && seen.ends_with("later\n1 done\n"), "{seen}");
    assert_eq!(took, 2);
    let (seen, took, _) = slept("5\nclose\n").await;
    assert_eq!((&*seen, took), ("0 done\n", 0));
    for (says, seconds, failures, panics) in
        [("fail\n", 0, 1, 0), ("5\nlate fail\n", 5, 1, 0), ("5\nlate panic\n", 5, 0, 1)]
    {
        let (_, took, stats) = slept(says).await;
        assert_eq!((took, stats.failures, stats.panics), (seconds, failures, panics), "{says}");
    }
}
