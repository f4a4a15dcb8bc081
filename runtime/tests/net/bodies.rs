//! Tests of the unread rest of bodies: its bytes are never decoded as frames, whatever the session
//! does next.

use std::time::Duration;

use framewright::net::{Close, Limits, Session};
use framewright::prelude::*;
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::timeout;

use crate::frames::Place;

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
            let (_sender, mut receiver) = client.split();
            for _ in 0..3 {
                assert!(matches!(receiver.recv().await, Err(Error::Other(_))));
            }
        } else {
            let mut client = client;
            assert!(matches!(client.recv().await, Err(Error::Other(_))));
            assert!(matches!(client.recv().await, Err(Error::Closed)));
            theirs.read_to_end(&mut Vec::new()).await.unwrap();
        }
    }
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
