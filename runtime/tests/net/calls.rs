//! Many calls over one connection.

use std::sync::atomic::Ordering;
use std::time::Duration;

use framewright::net::{Calls, Client, Server, Unclaimed};
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::counted::Counted;
use crate::frames::Line;

/// The id of `7 text`.
fn id(line: &Line) -> Option<u32> {
    line.text.split_once(' ')?.0.parse().ok()
}

fn pipelined(io: DuplexStream) -> (Calls<Line, Line, Option<u32>>, Unclaimed<Line>) {
    let client = Client::<Line>::over(io, &ClientOptions::new().request_timeout(Duration::from_secs(5)));
    client.pipelined(id, |line| Some(id(line)).filter(Option::is_some))
}

#[tokio::test(start_paused = true)]
async fn replies_find_their_calls() {
    let (ours, theirs) = duplex(1 << 16);
    // Later calls are answered earlier.
    let server = Server::new(async |line: Line| {
        sleep(Duration::from_millis(u64::from(1000 - id(&line).unwrap()))).await;
        line
    })
    .concurrency(1000);
    tokio::spawn(async move { server.serve_connection(theirs).await });
    let (calls, _) = pipelined(ours);
    let start = Instant::now();
    let mut all = JoinSet::new();
    for index in 0..500 {
        let calls = calls.clone();
        all.spawn(async move {
            let request = Line::new(format!("{index} hello"));
            assert_eq!(calls.call(&request).await.unwrap(), request);
        });
    }
    all.join_all().await;
    assert_eq!(start.elapsed().as_secs(), 1);
}

#[tokio::test]
async fn requests_made_together_are_written_together() {
    let (ours, mut theirs) = duplex(1 << 16);
    let (counted, writes) = Counted::new(ours);
    let client = Client::<Line>::over(counted, &ClientOptions::new());
    let (calls, _) = client.pipelined(id, |line| Some(id(line)));
    let mut all = JoinSet::new();
    for index in 0..100 {
        let calls = calls.clone();
        all.spawn(async move { calls.call(&Line::new(format!("{index} x"))).await.unwrap() });
    }
    let mut requests = vec![0; 10 * 4 + 90 * 5];
    theirs.read_exact(&mut requests).await.unwrap();
    theirs.write_all(&requests).await.unwrap();
    all.join_all().await;
    assert!(writes.load(Ordering::Relaxed) <= 2, "{writes:?}");
}

#[tokio::test]
async fn calls_are_told_what_ended_them() {
    let (ours, mut theirs) = duplex(64);
    let (calls, _) = pipelined(ours);
    let other = calls.clone();
    let waiting = tokio::spawn(async move { other.call(&Line::new("1 one")).await });
    let mut requests = [0; 6];
    theirs.read_exact(&mut requests).await.unwrap();
    theirs.write_all(b"\xff\n").await.unwrap();
    let error = waiting.await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error}");
    assert!(matches!(calls.call(&Line::new("2 two")).await, Err(Error::Closed)));
}

#[tokio::test]
async fn what_nobody_waits_for_is_unclaimed() {
    let (ours, mut theirs) = duplex(64);
    let (calls, mut unclaimed) = pipelined(ours);
    theirs.write_all(b"news\n9 late\n1 one\n").await.unwrap();
    assert_eq!(unclaimed.recv().await, Some(Line::new("news")));
    assert_eq!(unclaimed.recv().await, Some(Line::new("9 late")));
    assert_eq!(unclaimed.recv().await, Some(Line::new("1 one")));
    drop(calls);
    assert_eq!(unclaimed.recv().await, None, "the last caller closes the connection");
    assert_eq!(theirs.read(&mut [0; 8]).await.unwrap(), 0);
}

#[tokio::test]
async fn an_id_is_used_by_one_call_at_a_time() {
    let (ours, mut theirs) = duplex(64);
    let (calls, _) = pipelined(ours);
    let first = tokio::spawn({
        let calls = calls.clone();
        async move { calls.call(&Line::new("1 first")).await }
    });
    let mut request = [0; 8];
    theirs.read_exact(&mut request).await.unwrap();
    assert!(matches!(calls.call(&Line::new("1 second")).await, Err(Error::Other(_))));
    theirs.write_all(&request).await.unwrap();
    assert_eq!(first.await.unwrap().unwrap(), Line::new("1 first"));
    let again = tokio::spawn(async move { calls.call(&Line::new("1 again")).await });
    theirs.read_exact(&mut request).await.unwrap();
    theirs.write_all(&request).await.unwrap();
    assert_eq!(again.await.unwrap().unwrap(), Line::new("1 again"));
}

#[tokio::test(start_paused = true)]
async fn silence_is_a_timeout_and_the_end_is_an_error() {
    let (ours, theirs) = duplex(64);
    let (calls, mut unclaimed) = pipelined(ours);
    let start = Instant::now();
    assert!(matches!(calls.call(&Line::new("1 hello")).await, Err(Error::Timeout(_))));
    assert_eq!(start.elapsed().as_secs(), 5);
    let pending = tokio::spawn({
        let calls = calls.clone();
        async move { calls.call(&Line::new("1 free again")).await }
    });
    tokio::task::yield_now().await;
    drop(theirs);
    assert!(matches!(pending.await.unwrap(), Err(Error::Closed)));
    assert_eq!(unclaimed.recv().await, None);
    assert!(matches!(calls.call(&Line::new("2 hello")).await, Err(Error::Closed)));
}

#[tokio::test]
async fn frames_without_a_reply_go_out_in_order() {
    let (ours, mut theirs) = duplex(64);
    let (calls, _) = pipelined(ours);
    calls.send(&Line::new("hello")).await.unwrap();
    assert!(matches!(calls.send(&Line::new("a\nb")).await, Err(Error::Encode(_))));
    let call = tokio::spawn({
        let calls = calls.clone();
        async move { calls.call(&Line::new("1 one")).await }
    });
    let mut sent = [0; 12];
    theirs.read_exact(&mut sent).await.unwrap();
    assert_eq!(&sent, b"hello\n1 one\n");
    theirs.write_all(b"1 one\n").await.unwrap();
    assert_eq!(call.await.unwrap().unwrap(), Line::new("1 one"));
}

#[tokio::test]
async fn the_end_of_the_connection_is_told() {
    let (ours, theirs) = duplex(64);
    let (calls, _) = pipelined(ours);
    let told = tokio::spawn({
        let calls = calls.clone();
        async move { calls.closed().await }
    });
    tokio::task::yield_now().await;
    assert!(!calls.is_closed() && !told.is_finished());
    drop(theirs);
    told.await.unwrap();
    assert!(calls.is_closed());
    // Told again to who asks later.
    calls.closed().await;
    assert!(matches!(calls.send(&Line::new("late")).await, Err(Error::Closed)));
}

#[tokio::test]
async fn a_function_that_panics_ends_the_calls() {
    let (ours, mut theirs) = duplex(64);
    let client = Client::<Line>::over(ours, &ClientOptions::new().request_timeout(Duration::from_secs(5)));
    let (calls, _) = client.pipelined(id, |line| Some(Some(id(line).expect("a number"))));
    theirs.write_all(b"news\n").await.unwrap();
    assert!(matches!(calls.call(&Line::new("1 one")).await, Err(Error::Closed)));
    assert!(calls.is_closed());
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_frees_its_id() {
    let (ours, _theirs) = duplex(64);
    let (calls, _) = pipelined(ours);
    for _ in 0..2 {
        assert!(matches!(calls.call(&Line::new("1 a\nb")).await, Err(Error::Encode(_))));
    }
}
