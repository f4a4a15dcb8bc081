//! Tests of the unread rest of bodies: its bytes are never decoded as frames, whatever the session
//! does next.

use std::time::Duration;

use framewright::net::{Close, Limits, Session};
use framewright::prelude::*;
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{Instant, sleep, timeout};

use crate::frames::{Place, Upload};
use crate::logs::Log;

/// A body of eight bytes that would decode as frames, and a frame.
const BODY_AND_FRAME: &[u8] = &[9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 5, 0, 7];
const FRAME: Place = Place { row: 5, seat: 7 };

/// Returns a session without a task whose peer has sent these bytes, and the peer's end.
async fn received(bytes: &[u8]) -> (Session, DuplexStream) {
    let (ours, mut theirs) = duplex(64 * 1024);
    theirs.write_all(bytes).await.unwrap();
    (Session::over(ours, &ClientOptions::new()), theirs)
}

#[tokio::test]
async fn a_client_skips_the_rest() {
    let (mut s, _theirs) = received(BODY_AND_FRAME).await;
    let _ = s.body(8);
    let mut client = s.into_client::<Place, Place>();
    assert_eq!(client.recv().await.unwrap(), Some(FRAME));
    // A part of the body is read, and the rest arrives later.
    let (mut s, mut theirs) = received(&BODY_AND_FRAME[..5]).await;
    s.body(8).read_exact(&mut [0; 3]).await.unwrap();
    let (_sender, mut receiver) = s.into_client::<Place, Place>().split();
    let sending = async { theirs.write_all(&BODY_AND_FRAME[5..]).await.unwrap() };
    assert_eq!(tokio::join!(receiver.recv(), sending).0.unwrap(), Some(FRAME));
    // Back to a session.
    let (mut s, _theirs) = received(BODY_AND_FRAME).await;
    let _ = s.body(8);
    let mut s = s.into_client::<Place, Place>().into_session();
    assert_eq!(s.recv().await.unwrap(), Some(FRAME));
}

#[tokio::test]
async fn a_client_refuses_a_rest_beyond_the_frame_limit() {
    let limited = ClientOptions::new().max_frame(1000);
    for split in [false, true] {
        let (ours, mut theirs) = duplex(64 * 1024);
        theirs.write_all(&[0; 1106]).await.unwrap();
        let mut s = Session::over(ours, &limited);
        let _ = s.body(1100);
        let client = s.into_client::<Place, Place>();
        if split {
            let (mut sender, mut receiver) = client.split();
            assert!(matches!(receiver.recv().await, Err(Error::Other(_))));
            assert!(matches!(receiver.recv().await, Err(Error::Closed)));
            assert!(matches!(sender.send(&FRAME).await, Err(Error::Closed)));
            assert!(matches!(sender.flush().await, Err(Error::Closed)));
            assert!(matches!(sender.close().await, Err(Error::Closed)));
            theirs.read_to_end(&mut Vec::new()).await.unwrap();
        } else {
            let mut client = client;
            assert!(matches!(client.recv().await, Err(Error::Other(_))));
            assert!(matches!(client.recv().await, Err(Error::Closed)));
            theirs.read_to_end(&mut Vec::new()).await.unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_sender_that_waits_learns_that_the_receiver_has_closed_the_connection() {
    let (ours, mut theirs) = duplex(64);
    let mut s = Session::over(ours, &ClientOptions::new().max_frame(1000));
    let _ = s.body(1100);
    let (mut sender, mut receiver) = s.into_client::<Upload, Place>().split();
    let sending = tokio::spawn(async move {
        // The peer reads nothing.
        sender.send(&Upload { body: vec![0; 100_000].into() }).await
    });
    let peer = tokio::spawn(async move {
        // Writing fails if the connection is closed before everything is written.
        let _ = theirs.write_all(&[0; 1100]).await;
        theirs
    });
    assert!(matches!(receiver.recv().await, Err(Error::Other(_))));
    let sent = timeout(Duration::from_secs(10), sending).await.expect("the sender is not woken");
    assert!(matches!(sent.unwrap(), Err(Error::Closed)));
    drop(peer.await.unwrap());
}

#[tokio::test]
async fn a_handler_gets_none_of_two_bodies() {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        let _ = s.body(8);
        let _ = s.body(0);
        s.serve(async |place: Place| place).await
    });
    let (mut ours, theirs) = duplex(64);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    ours.write_all(BODY_AND_FRAME).await.unwrap();
    let mut reply = [0; 6];
    ours.read_exact(&mut reply).await.unwrap();
    assert_eq!(reply, BODY_AND_FRAME[8..]);
    drop(ours);
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_rests_of_several_bodies_count_together() {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        for _ in 0..3 {
            let _ = s.body(600);
        }
        let place: Place = s.require().await?;
        Ok(s.send(&place).await?)
    });
    let mut server = server.limits(Limits::new().frame(1000));
    let counters = server.counters();
    let (mut ours, theirs) = duplex(64 * 1024);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    ours.write_all(&[0; 1806]).await.unwrap();
    let mut seen = Vec::new();
    ours.read_to_end(&mut seen).await.unwrap();
    assert!(seen.is_empty());
    drop(ours);
    running.await.unwrap().unwrap();
    assert_eq!(counters.snapshot().failures, 1);
}

#[tokio::test]
async fn a_cut_body_stays_an_error() {
    let (mut s, theirs) = received(&[1, 2]).await;
    drop(theirs);
    let mut body = s.body(5);
    assert_eq!(body.chunk().await.unwrap().unwrap(), &[1, 2][..]);
    for _ in 0..2 {
        assert!(matches!(body.chunk().await, Err(Error::Io(_))));
    }
    assert!(body.read(&mut [0]).await.is_err());
    assert!(matches!(s.recv::<Place>().await, Err(Error::Io(_))));
    assert!(matches!(s.body(1).chunk().await, Err(Error::Io(_))));
    assert!(matches!(s.into_client::<Place, Place>().split().1.recv().await, Err(Error::Io(_))));
    // A body that extends to the end cannot be cut.
    let (mut s, theirs) = received(&[1, 2]).await;
    drop(theirs);
    let _ = s.body_to_end();
    assert_eq!(s.recv::<Place>().await.unwrap(), None);
    assert_eq!(s.body_to_end().chunk().await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn skipping_that_is_given_up_goes_on_later() {
    let (mut s, mut theirs) = received(&BODY_AND_FRAME[..3]).await;
    let _ = s.body(8);
    for _ in 0..3 {
        assert!(timeout(Duration::from_millis(1), s.recv::<Place>()).await.is_err());
    }
    theirs.write_all(&BODY_AND_FRAME[3..]).await.unwrap();
    assert_eq!(s.recv::<Place>().await.unwrap(), Some(FRAME));
}

/// Runs a session on a pipe, and returns the other end and the counters of its server. The only
/// time limit is the pace of bodies, which is ten seconds.
macro_rules! paced {
    ($conversation:expr) => {{
        let limits = Limits::new().idle(None).frame_time(None).first_frame_time(None);
        let mut server = Server::sessions($conversation).limits(limits);
        let counters = server.counters();
        let (ours, theirs) = duplex(64);
        tokio::spawn(async move { server.serve_connection(theirs).await });
        (ours, counters)
    }};
}

/// Ways of asking for a body.
#[derive(Clone, Copy, Debug)]
enum Way {
    Chunk,
    Read,
    Recv,
    Client,
}

#[tokio::test(start_paused = true)]
async fn the_pace_is_counted_only_while_a_body_is_asked_for() {
    async fn given_up(asking: impl Future) {
        assert!(timeout(Duration::from_millis(10), asking).await.is_err());
        sleep(Duration::from_secs(15)).await;
    }
    for way in [Way::Chunk, Way::Read, Way::Recv, Way::Client] {
        let (mut ours, counters) = paced!(async move |mut s: Session| -> Result<(), Close> {
            let mut body = s.body(8);
            match way {
                Way::Chunk => {
                    given_up(body.chunk()).await;
                    while body.chunk().await?.is_some() {}
                }
                Way::Read => {
                    given_up(body.read(&mut [0; 8])).await;
                    body.read_exact(&mut [0; 8]).await?;
                }
                Way::Recv => given_up(s.recv::<Place>()).await,
                Way::Client => {
                    let mut client = s.into_client::<Place, Place>();
                    given_up(client.recv()).await;
                    let place = client.recv().await?.ok_or("no place")?;
                    return Ok(client.send(&place).await?);
                }
            }
            let place: Place = s.require().await?;
            Ok(s.send(&place).await?)
        });
        // Asked for from 0 s to 0.01 s, and from 15 s on.
        sleep(Duration::from_secs(5)).await;
        ours.write_all(&BODY_AND_FRAME[..4]).await.unwrap();
        sleep(Duration::from_secs(18)).await;
        ours.write_all(&BODY_AND_FRAME[4..]).await.unwrap();
        let mut reply = [0; 6];
        assert!(ours.read_exact(&mut reply).await.is_ok(), "{way:?}");
        assert_eq!(reply, BODY_AND_FRAME[8..], "{way:?}");
        assert_eq!(counters.snapshot().timeouts, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn the_pace_is_counted_for_reads_beside_other_work() {
    async fn read(mut s: Session) -> Result<(), Close> {
        let mut body = s.body(1000);
        let mut tick = tokio::time::interval(Duration::from_millis(300));
        let mut buf = [0; 8];
        loop {
            tokio::select! {
                read = body.read(&mut buf) => { read?; }
                _ = tick.tick() => {}
            }
        }
    }
    for in_another_task in [false, true] {
        let (ours, counters) = paced!(async move |s: Session| -> Result<(), Close> {
            if in_another_task { tokio::spawn(read(s)).await? } else { read(s).await }
        });
        let start = Instant::now();
        let (mut reads, mut writes) = tokio::io::split(ours);
        let trickle = tokio::spawn(async move {
            while writes.write_all(&[1]).await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
        });
        assert_eq!(reads.read(&mut [0; 8]).await.unwrap(), 0);
        assert_eq!(start.elapsed().as_secs(), 10);
        assert_eq!(counters.snapshot().timeouts, 1);
        trickle.abort();
    }
}

#[tokio::test]
async fn a_body_that_ends_too_early_is_logged_and_counted() {
    for returns_the_error in [true, false] {
        let (log, _guard) = Log::start();
        let mut server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
            let sent = s.send_body(10, &b"short"[..]).await;
            if returns_the_error { Ok(sent?) } else { Ok(()) }
        });
        let counters = server.counters();
        let (mut ours, theirs) = duplex(64);
        let mut seen = Vec::new();
        let (served, read) = tokio::join!(server.serve_connection(theirs), ours.read_to_end(&mut seen));
        served.unwrap();
        read.unwrap();
        assert_eq!(counters.snapshot().failures, 1);
        assert_eq!(log.count("ended 5 bytes too early"), 1, "{}", log.text());
    }
}
