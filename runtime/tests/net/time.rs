//! Tests of every limit on time, to the second, over an in-memory pipe with paused time.

use std::time::Duration;

use framewright::Encode;
use framewright::net::{CloseReason, IntoHandler, Limits, Server, Timeout};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{Instant, sleep};

use crate::frames::{Line, Msg};
use crate::recorder::{Recorder, closed, opened};

fn wire(body: &str) -> Vec<u8> {
    Msg::new(body).to_vec().unwrap()
}

/// Starts a server for one connection through a pipe that holds `size` bytes in each direction.
/// Returns the other end of the pipe.
fn pipe<M>(handler: impl IntoHandler<M>, limits: Limits, size: usize) -> DuplexStream {
    let (ours, theirs) = tokio::io::duplex(size);
    let server = Server::new(handler).limits(limits);
    tokio::spawn(async move { server.serve_connection(theirs).await });
    ours
}

/// Returns the time since an instant in seconds, rounded up.
fn seconds(since: Instant) -> u64 {
    since.elapsed().as_millis().div_ceil(1000).try_into().unwrap()
}

#[tokio::test(start_paused = true)]
async fn silence_is_closed_after_ten_seconds() {
    let start = Instant::now();
    let (handler, mut events) = Recorder::new();
    let _pipe = pipe(handler, Limits::new(), 64);
    assert!(matches!(closed(&mut events).await, CloseReason::Timeout(Timeout::Frame)));
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_byte_a_second_does_not_help() {
    let start = Instant::now();
    let (handler, mut events) = Recorder::new();
    let mut pipe = pipe(handler, Limits::new(), 64);
    tokio::spawn(async move {
        for byte in wire("a body of more than ten bytes") {
            sleep(Duration::from_secs(1)).await;
            if pipe.write_all(&[byte]).await.is_err() {
                break;
            }
        }
        sleep(Duration::from_secs(60)).await;
    });
    assert!(matches!(closed(&mut events).await, CloseReason::Timeout(Timeout::Frame)));
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn later_frames_are_timed_from_their_first_byte() {
    let (handler, mut events) = Recorder::new();
    let mut pipe = pipe(handler, Limits::new(), 64);
    pipe.write_all(&wire("a")).await.unwrap();
    sleep(Duration::from_secs(60)).await;
    let start = Instant::now();
    pipe.write_all(&wire("b")[..3]).await.unwrap();
    assert!(matches!(closed(&mut events).await, CloseReason::Timeout(Timeout::Frame)));
    assert_eq!(seconds(start), 10);
}

#[tokio::test(start_paused = true)]
async fn each_frame_has_its_own_time() {
    let (handler, mut events) = Recorder::new();
    let mut pipe = pipe(handler, Limits::new(), 1024);
    // Each read ends in the middle of a frame, and each frame takes less than ten seconds.
    let bytes = [wire("a"), wire("b"), wire("c"), wire("d")].concat();
    for part in bytes.chunks(5) {
        pipe.write_all(part).await.unwrap();
        sleep(Duration::from_secs(4)).await;
    }
    let mut echo = vec![0; bytes.len()];
    pipe.read_exact(&mut echo).await.unwrap();
    assert_eq!(echo, bytes);
    drop(pipe);
    assert!(matches!(closed(&mut events).await, CloseReason::Eof));
}

#[tokio::test(start_paused = true)]
async fn idle_connections_are_closed_after_five_minutes() {
    let (handler, mut events) = Recorder::new();
    let mut pipe = pipe(handler, Limits::new(), 64);
    pipe.write_all(&wire("a")).await.unwrap();
    sleep(Duration::from_secs(299)).await;
    pipe.write_all(&wire("a")).await.unwrap();
    let start = Instant::now();
    assert!(matches!(closed(&mut events).await, CloseReason::Timeout(Timeout::Idle)));
    assert_eq!(seconds(start), 300);
}

#[tokio::test(start_paused = true)]
async fn pushes_keep_a_listener_alive() {
    let (handler, mut events) = Recorder::new();
    let mut pipe = pipe(handler, Limits::new(), 1024);
    let peer = opened(&mut events).await;
    pipe.write_all(&wire("a")).await.unwrap();
    for _ in 0..5 {
        sleep(Duration::from_secs(200)).await;
        peer.try_send(Msg::new("news")).unwrap();
    }
    let start = Instant::now();
    assert!(matches!(closed(&mut events).await, CloseReason::Timeout(Timeout::Idle)));
    assert_eq!(seconds(start), 300);
}

#[tokio::test(start_paused = true)]
async fn a_peer_is_to_keep_its_connection_alive() {
    let (handler, mut events) = Recorder::new();
    let mut pipe = pipe(handler, Limits::new().idle(None), 1024);
    let peer = opened(&mut events).await;
    pipe.write_all(&wire("keep alive")).await.unwrap();
    for _ in 0..5 {
        sleep(Duration::from_millis(2900)).await;
        pipe.write_all(&wire("a")).await.unwrap();
    }
    let start = Instant::now();
    // Neither frames sent to the peer nor an incomplete frame from it extend the time.
    sleep(Duration::from_secs(2)).await;
    peer.try_send(Msg::new("news")).unwrap();
    pipe.write_all(&wire("a")[..2]).await.unwrap();
    assert!(matches!(closed(&mut events).await, CloseReason::Timeout(Timeout::KeepAlive)));
    assert_eq!(seconds(start), 3);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_waits_keeps_its_connection_alive() {
    let (handler, mut events) = Recorder::new();
    let mut pipe = pipe(handler, Limits::new().idle(None), 1024);
    pipe.write_all(&[wire("keep alive"), wire("sleep"), wire("sleep")].concat()).await.unwrap();
    let start = Instant::now();
    assert!(matches!(closed(&mut events).await, CloseReason::Timeout(Timeout::KeepAlive)));
    assert_eq!(seconds(start), 9);
}

#[tokio::test(start_paused = true)]
async fn limits_can_be_lifted() {
    let (handler, mut events) = Recorder::new();
    let limits = Limits::new().first_frame_time(None).frame_time(None).idle(None);
    let mut pipe = pipe(handler, limits, 64);
    sleep(Duration::from_secs(100_000)).await;
    pipe.write_all(&wire("a")[..3]).await.unwrap();
    sleep(Duration::from_secs(100_000)).await;
    pipe.write_all(&wire("a")[3..]).await.unwrap();
    let mut echo = [0; 6];
    pipe.read_exact(&mut echo).await.unwrap();
    drop(pipe);
    assert!(matches!(closed(&mut events).await, CloseReason::Eof));
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_never_reads_is_closed() {
    let (handler, mut events) = Recorder::new();
    let mut pipe = pipe(handler, Limits::new(), 64);
    let start = Instant::now();
    // The pipe holds one reply, and nothing more is read.
    for _ in 0..2 {
        pipe.write_all(&wire(&"x".repeat(50))).await.unwrap();
    }
    assert!(matches!(closed(&mut events).await, CloseReason::Timeout(Timeout::SlowReader)));
    assert_eq!(seconds(start), 10);
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_take_its_time() {
    let (handler, mut events) = Recorder::new();
    let limits = Limits::new().idle(Duration::from_secs(1));
    let mut pipe = pipe(handler, limits, 64);
    pipe.write_all(&[wire("sleep"), wire("a")].concat()).await.unwrap();
    let start = Instant::now();
    let mut echo = [0; 6];
    pipe.read_exact(&mut echo).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 3);
    drop(pipe);
    assert!(matches!(closed(&mut events).await, CloseReason::Eof));
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_never_reads_gets_bounded_memory() {
    let (handler, mut events) = Recorder::new();
    let limits = Limits::new().out_buffer(1000);
    let mut pipe = pipe(handler, limits, 64);
    let peer = opened(&mut events).await;
    pipe.write_all(&wire("a")).await.unwrap();
    let mut taken = 0;
    while let Ok(()) = peer.try_send(Msg::new([0; 95])) {
        taken += 100;
        tokio::task::yield_now().await;
    }
    assert!((900..=1064).contains(&taken), "{taken}");
    // A waiting sender gets room when the peer reads.
    let waiting = tokio::spawn(async move { peer.send(Msg::new("made it")).await });
    let mut all = vec![0; 6 + taken + 12];
    pipe.read_exact(&mut all).await.unwrap();
    assert!(all.ends_with(&wire("made it")));
    waiting.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn replies_are_written_once_for_a_batch() {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let (counted, writes) = crate::counted::Counted::new(theirs);
    let server = Server::new(async |line: Line| line);
    tokio::spawn(async move { server.serve_connection(counted).await });
    let mut pipe = ours;
    let batch = b"line\n".repeat(500);
    pipe.write_all(&batch).await.unwrap();
    let mut echo = vec![0; batch.len()];
    pipe.read_exact(&mut echo).await.unwrap();
    assert_eq!(echo, batch);
    assert_eq!(writes.load(std::sync::atomic::Ordering::Relaxed), 1);
}
