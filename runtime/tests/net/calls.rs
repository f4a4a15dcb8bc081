//! Tests of many calls over one connection.

use std::sync::atomic::Ordering;
use std::time::Duration;

use framewright::net::{Backoff, Calls, Client, Io, Part, Server, Session, Unclaimed};
use framewright::prelude::*;
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream, DuplexStream, duplex};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::counted::Counted;
use crate::frames::Line;

/// Returns the id of a line, such as 7 for `7 text`.
fn id(line: &Line) -> Option<u32> {
    line.text.split_once(' ')?.0.parse().ok()
}

fn pipelined(io: impl Io) -> (Calls<Line, Line, Option<u32>>, Unclaimed<Line>) {
    let client = Client::<Line>::over(io, &ClientOptions::new().request_timeout(Duration::from_secs(5)));
    client.pipelined(id, |line| Some(id(line)).filter(Option::is_some))
}

#[tokio::test(start_paused = true)]
async fn replies_find_their_calls() {
    let (ours, theirs) = duplex(1 << 16);
    // The server answers later calls first.
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
async fn calls_return_what_ended_the_connection() {
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
async fn frames_that_nobody_waits_for_are_unclaimed() {
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
    // The late reply must not be mistaken for the reply to another call.
    assert!(matches!(calls.call(&Line::new("1 taken")).await, Err(Error::Other(_))));
    let pending = tokio::spawn({
        let calls = calls.clone();
        async move { calls.call(&Line::new("2 pending")).await }
    });
    tokio::task::yield_now().await;
    drop(theirs);
    assert!(matches!(pending.await.unwrap(), Err(Error::Closed)));
    assert_eq!(unclaimed.recv().await, None);
    assert!(matches!(calls.call(&Line::new("3 hello")).await, Err(Error::Closed)));
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
async fn the_end_of_the_connection_is_reported() {
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
    // Later callers get the same error.
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

/// Classifies a line: `>` begins a push, and `-` begins a line of a reply that has further lines.
/// All other lines end a reply.
fn part(line: &Line) -> Part {
    match line.text.as_bytes().first() {
        Some(b'>') => Part::Push,
        Some(b'-') => Part::More,
        _ => Part::Last,
    }
}

fn in_order(io: DuplexStream) -> (Calls<Line, Line>, Unclaimed<Line>) {
    let client = Client::<Line>::over(io, &ClientOptions::new().request_timeout(Duration::from_secs(5)));
    client.in_order(part)
}

#[tokio::test]
async fn replies_in_order_find_their_calls_among_pushes() {
    let (ours, mut theirs) = duplex(1 << 16);
    let server = tokio::spawn(async move {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"end\n") {
            let start = bytes.len();
            theirs.read_buf(&mut bytes).await.unwrap();
            for line in bytes[start..].split_inclusive(|byte| *byte == b'\n') {
                let _ = theirs.write_all(line).await;
                if line.ends_with(b"7\n") {
                    let _ = theirs.write_all(b">news\n").await;
                }
            }
        }
    });
    let (calls, mut unclaimed) = in_order(ours);
    let mut all = JoinSet::new();
    for caller in 0..8 {
        let calls = calls.clone();
        all.spawn(async move {
            for index in 0..100 {
                let request = Line::new(format!("{caller} {index}"));
                assert_eq!(calls.call(&request).await.unwrap(), request);
            }
        });
    }
    all.join_all().await;
    assert_eq!(unclaimed.recv().await, Some(Line::new(">news")));
    assert_eq!(calls.call(&Line::new("end")).await.unwrap(), Line::new("end"));
    server.await.unwrap();
}

#[tokio::test]
async fn a_reply_may_have_several_frames() {
    let (ours, mut theirs) = duplex(1 << 16);
    let (calls, _) = in_order(ours);
    theirs.write_all(b"-early\n").await.unwrap();
    let asked = tokio::spawn({
        let calls = calls.clone();
        async move { (calls.call_all(&Line::new("all")).await, calls.call(&Line::new("last")).await) }
    });
    let mut request = [0; 4];
    theirs.read_exact(&mut request).await.unwrap();
    theirs.write_all(b"-one\n>push\n-two\nthree\n").await.unwrap();
    let mut request = [0; 5];
    theirs.read_exact(&mut request).await.unwrap();
    theirs.write_all(b"-four\nfive\n").await.unwrap();
    let (all, last) = asked.await.unwrap();
    let all: Vec<_> = all.unwrap().into_iter().map(|line| line.text).collect();
    assert_eq!(all, ["-one", "-two", "three"]);
    assert_eq!(last.unwrap(), Line::new("five"));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_keeps_its_place() {
    let (ours, mut theirs) = duplex(1 << 16);
    let (calls, mut unclaimed) = in_order(ours);
    let start = Instant::now();
    let late = calls.call_within(&Line::new("slow"), Duration::from_secs(1)).await;
    assert!(matches!(late, Err(Error::Timeout(_))));
    assert_eq!(start.elapsed().as_secs(), 1);
    let next = tokio::spawn({
        let calls = calls.clone();
        async move { calls.call(&Line::new("next")).await }
    });
    let mut requests = [0; 10];
    theirs.read_exact(&mut requests).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    theirs.write_all(b"late\nin time\n").await.unwrap();
    assert_eq!(next.await.unwrap().unwrap(), Line::new("in time"));

    // A missing reply delays the replies after it, but not for ever.
    let late = calls.call_within(&Line::new("never"), Duration::from_secs(1)).await;
    assert!(matches!(late, Err(Error::Timeout(_))));
    let start = Instant::now();
    let behind = calls.call_within(&Line::new("behind"), Duration::from_secs(60)).await;
    assert!(matches!(behind, Err(Error::Timeout("no reply to a request that was given up"))), "{behind:?}");
    assert_eq!(start.elapsed().as_secs(), 5);
    assert!(calls.is_closed());
    assert_eq!(unclaimed.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn the_calls_of_a_client_come_before_shared_calls() {
    let options = ClientOptions::new().request_timeout(Duration::from_secs(5));
    let (ours, mut theirs) = duplex(1 << 16);
    let mut client = Client::<Line>::over(ours, &options);
    assert!(matches!(client.call(&Line::new("own")).await, Err(Error::Timeout(_))));
    let (calls, mut unclaimed) = client.in_order(part);
    let shared = tokio::spawn(async move { calls.call(&Line::new("shared")).await });
    let mut requests = [0; 11];
    theirs.read_exact(&mut requests).await.unwrap();
    assert_eq!(&requests, b"own\nshared\n");
    theirs.write_all(b"-late\n>push\nlate\nreply\n").await.unwrap();
    assert_eq!(shared.await.unwrap().unwrap(), Line::new("reply"));
    assert_eq!(unclaimed.recv().await, Some(Line::new(">push")));
    assert_eq!(unclaimed.recv().await, None);

    // A late reply delays the others, but not for ever.
    let (ours, _theirs) = duplex(1 << 16);
    let mut client = Client::<Line>::over(ours, &options);
    assert!(matches!(client.call(&Line::new("own")).await, Err(Error::Timeout(_))));
    let (calls, _) = client.in_order(part);
    let start = Instant::now();
    let shared = calls.call_within(&Line::new("shared"), Duration::from_secs(60)).await;
    assert!(matches!(shared, Err(Error::Timeout("no reply to a request that was given up"))), "{shared:?}");
    assert_eq!(start.elapsed().as_secs(), 5);
}

#[tokio::test]
async fn a_reply_that_is_too_long_is_named() {
    let (ours, mut theirs) = duplex(1 << 20);
    let (calls, _) = in_order(ours);
    let call = tokio::spawn(async move { calls.call(&Line::new("all")).await });
    theirs.read_exact(&mut [0; 4]).await.unwrap();
    theirs.write_all(&b"-x\n".repeat(1025)).await.unwrap();
    let error = call.await.unwrap().unwrap_err();
    assert!(matches!(&error, Error::Io(error) if error.to_string().contains("1024 frames")), "{error}");
}

#[tokio::test(start_paused = true)]
async fn pending_calls_in_order_are_limited() {
    let (ours, mut theirs) = duplex(1 << 16);
    let (calls, _) = in_order(ours);
    let mut all = JoinSet::new();
    for _ in 0..1030 {
        let calls = calls.clone();
        all.spawn(async move { calls.call_within(&Line::new("x"), Duration::from_secs(60)).await });
    }
    let mut requests = vec![0; 2 * 1024];
    theirs.read_exact(&mut requests).await.unwrap();
    let more = tokio::time::timeout(Duration::from_secs(1), theirs.read_u8()).await;
    assert!(more.is_err(), "those beyond wait to be sent");
    theirs.write_all(&requests).await.unwrap();
    theirs.read_exact(&mut requests[..12]).await.unwrap();
    theirs.write_all(&requests[..12]).await.unwrap();
    for reply in all.join_all().await {
        assert_eq!(reply.unwrap(), Line::new("x"));
    }
}

#[tokio::test(start_paused = true)]
async fn unclaimed_frames_are_dropped_or_hold_the_server_back() {
    for blocks in [false, true] {
        let (ours, mut theirs) = duplex(1 << 20);
        let (calls, unclaimed) = in_order(ours);
        let mut unclaimed = if blocks { unclaimed.blocking() } else { unclaimed };
        theirs.write_all(&b">x\n".repeat(1500)).await.unwrap();
        theirs.write_all(b"reply\n").await.unwrap();
        let start = Instant::now();
        let reply = calls.call(&Line::new("call")).await;
        if blocks {
            assert!(matches!(reply, Err(Error::Timeout(_))), "{reply:?}");
            assert_eq!(start.elapsed().as_secs(), 5);
        } else {
            assert_eq!(reply.unwrap(), Line::new("reply"));
        }
        drop(theirs);
        let mut frames = 0;
        while unclaimed.recv().await.is_some() {
            frames += 1;
        }
        assert_eq!(frames, if blocks { 1500 } else { 1024 });
    }
    // A dropped call does not delay others.
    let (ours, mut theirs) = duplex(1 << 20);
    let (calls, unclaimed) = in_order(ours);
    drop(unclaimed.blocking());
    let call = tokio::spawn(async move { calls.call(&Line::new("call")).await });
    theirs.read_exact(&mut [0; 5]).await.unwrap();
    theirs.write_all(&b">x\n".repeat(1500)).await.unwrap();
    theirs.write_all(b"reply\n").await.unwrap();
    assert_eq!(call.await.unwrap().unwrap(), Line::new("reply"));
}

#[tokio::test]
async fn calls_find_their_server_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Client::<Line>::reconnecting(address, Backoff::new().first(Duration::from_millis(1)));
    let server = server.opening(async |mut s: Session| -> framewright::Result<Session> {
        let welcome: Line = s.call(&Line::new("login")).await?;
        assert_eq!(welcome, Line::new("welcome"));
        Ok(s)
    });
    let (calls, mut unclaimed) = server.pipelined(id, |line| Some(id(line)).filter(Option::is_some));
    // The call waits until the client is connected.
    let first = tokio::spawn({
        let calls = calls.clone();
        async move { calls.call(&Line::new("1 one")).await }
    });
    let (mut peer, _) = listener.accept().await.unwrap();
    let mut said = [0; 6];
    peer.read_exact(&mut said).await.unwrap();
    assert_eq!(&said, b"login\n");
    peer.write_all(b"welcome\n").await.unwrap();
    peer.read_exact(&mut said).await.unwrap();
    assert_eq!(&said, b"1 one\n");
    peer.write_all(b"1 uno\nnews\n").await.unwrap();
    assert_eq!(first.await.unwrap().unwrap(), Line::new("1 uno"));
    assert_eq!(unclaimed.recv().await, Some(Line::new("news")));

    // A call in progress fails when the connection is lost, and is not sent again.
    let lost = tokio::spawn({
        let calls = calls.clone();
        async move { calls.call(&Line::new("2 two")).await }
    });
    peer.read_exact(&mut said).await.unwrap();
    drop(peer);
    assert!(matches!(lost.await.unwrap(), Err(Error::Closed | Error::Io(_))));
    let (mut peer, _) = listener.accept().await.unwrap();
    let next = tokio::spawn({
        let calls = calls.clone();
        async move { calls.call(&Line::new("3 tri")).await }
    });
    peer.read_exact(&mut said).await.unwrap();
    assert_eq!(&said, b"login\n");
    peer.write_all(b"welcome\n").await.unwrap();
    peer.read_exact(&mut said).await.unwrap();
    assert_eq!(&said, b"3 tri\n");
    peer.write_all(b"3 tre\n").await.unwrap();
    assert_eq!(next.await.unwrap().unwrap(), Line::new("3 tre"));
    // Dropping the last handle closes the connection.
    drop(calls);
    assert_eq!(peer.read(&mut said).await.unwrap(), 0);
    assert_eq!(unclaimed.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn an_end_is_not_held_up_by_a_server_that_does_not_read() {
    for is_malformed in [true, false] {
        let (ours, mut theirs) = duplex(64);
        let (calls, mut unclaimed) = pipelined(ours);
        let call = tokio::spawn(async move { calls.call(&Line::new(format!("1 {:200}", ""))).await });
        theirs.read_exact(&mut [0; 10]).await.unwrap();
        if is_malformed {
            theirs.write_all(b"\xff\n").await.unwrap();
        } else {
            theirs.shutdown().await.unwrap();
        }
        let start = Instant::now();
        call.await.unwrap().unwrap_err();
        let ended = tokio::time::timeout(Duration::from_secs(60), unclaimed.recv()).await;
        assert_eq!(ended, Ok(None), "malformed: {is_malformed}");
        assert!(start.elapsed() <= Duration::from_millis(if is_malformed { 0 } else { 1100 }));
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_requests_are_written_while_the_server_reads() {
    for reads in [true, false] {
        let (ours, mut theirs) = duplex(64);
        let (calls, mut unclaimed) = pipelined(ours);
        let late = calls.call(&Line::new(format!("1 {:200}", ""))).await;
        assert!(matches!(late, Err(Error::Timeout(_))));
        drop(calls);
        // A slow server gets everything.
        for _ in 0..10 {
            sleep(Duration::from_secs(9)).await;
            theirs.read_exact(&mut [0; 10]).await.unwrap();
        }
        if reads {
            let mut rest = Vec::new();
            theirs.read_to_end(&mut rest).await.unwrap();
            assert_eq!(rest.len(), 103);
        }
        let start = Instant::now();
        let ended = tokio::time::timeout(Duration::from_secs(60), unclaimed.recv()).await;
        assert_eq!(ended, Ok(None), "reads: {reads}");
        assert_eq!(start.elapsed().as_secs(), if reads { 0 } else { 10 });
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_requests_have_more_time_if_the_stream_holds_them_back() {
    let (ours, mut theirs) = duplex(64);
    // Like TLS, this stream takes all bytes at once, and writes them when it is flushed.
    let (calls, mut unclaimed) = pipelined(BufStream::new(ours));
    let late = calls.call(&Line::new(format!("1 {:200}", ""))).await;
    assert!(matches!(late, Err(Error::Timeout(_))));
    drop(calls);
    for _ in 0..6 {
        sleep(Duration::from_secs(9)).await;
        theirs.read_exact(&mut [0; 10]).await.unwrap();
    }
    let start = Instant::now();
    let ended = tokio::time::timeout(Duration::from_secs(60), unclaimed.recv()).await;
    assert_eq!((ended, start.elapsed().as_secs()), (Ok(None), 6));
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_nobody_could_read_is_not_missing() {
    let (ours, mut theirs) = duplex(1 << 20);
    let (calls, unclaimed) = in_order(ours);
    let mut unclaimed = unclaimed.blocking();
    theirs.write_all(&b">x\n".repeat(1500)).await.unwrap();
    theirs.write_all(b"late\n").await.unwrap();
    let late = calls.call_within(&Line::new("slow"), Duration::from_secs(1)).await;
    assert!(matches!(late, Err(Error::Timeout(_))));
    sleep(Duration::from_secs(20)).await;
    assert!(!calls.is_closed());
    for _ in 0..1500 {
        assert_eq!(unclaimed.recv().await, Some(Line::new(">x")));
    }
    let next = tokio::spawn(async move { calls.call(&Line::new("next")).await });
    theirs.read_exact(&mut [0; 10]).await.unwrap();
    theirs.write_all(b"reply\n").await.unwrap();
    assert_eq!(next.await.unwrap().unwrap(), Line::new("reply"));
}

/// A byte of which some values cannot be encoded.
#[derive(Debug, Clone, Copy)]
struct Fuse(u8);

impl From<u8> for Fuse {
    fn from(byte: u8) -> Self {
        Self(byte)
    }
}

impl From<Fuse> for u8 {
    fn from(Fuse(byte): Fuse) -> Self {
        assert_ne!(byte, b'!', "this one is to panic");
        byte
    }
}

#[derive(Frame, Debug)]
struct Ask {
    #[wire(u8)]
    kind: Fuse,
    #[until(b"\n")]
    text: String,
}

#[tokio::test(start_paused = true)]
async fn a_request_whose_encoder_panics_waits_for_no_reply() {
    let (ours, mut theirs) = duplex(64);
    let options = ClientOptions::new().request_timeout(Duration::from_secs(5));
    let (calls, _) = Client::<Ask, Line>::over(ours, &options).in_order(part);
    let call = |kind| {
        let calls = calls.clone();
        tokio::spawn(async move { calls.call(&Ask { kind: Fuse(kind), text: "text".into() }).await })
    };
    assert!(call(b'!').await.unwrap_err().is_panic());
    let whole = call(b'a');
    let mut request = [0; 6];
    theirs.read_exact(&mut request).await.unwrap();
    assert_eq!(&request, b"atext\n");
    theirs.write_all(b"reply\n").await.unwrap();
    assert_eq!(whole.await.unwrap().unwrap(), Line::new("reply"));
}
