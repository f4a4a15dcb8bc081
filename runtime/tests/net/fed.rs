//! Tests of fed frames that wait while a session waits for something else.

use std::time::Duration;

use framewright::net::{Close, Limits, Session};
use framewright::prelude::*;
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::{Instant, sleep, timeout};

use crate::frames::Line;

const SECOND: Duration = Duration::from_secs(1);

/// Answers each line a second after it is received.
async fn slowly(mut s: Session) -> Result<(), Close> {
    while let Some(line) = s.recv::<Line>().await? {
        sleep(SECOND).await;
        s.feed(&line)?;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn replies_to_pipelined_requests_do_not_wait_for_each_other() {
    for spawned in [false, true] {
        let server = Server::sessions(async move |s: Session| -> Result<(), Close> {
            if spawned { tokio::spawn(slowly(s)).await? } else { slowly(s).await }
        });
        let (mut io, theirs) = duplex(64);
        let running = tokio::spawn(async move { server.serve_connection(theirs).await });
        let start = Instant::now();
        io.write_all(b"a\nb\nc\n").await.unwrap();
        for (n, expected) in (1..).zip([b"a\n", b"b\n", b"c\n"]) {
            let mut reply = [0; 2];
            io.read_exact(&mut reply).await.unwrap();
            assert_eq!((&reply, start.elapsed().as_secs()), (expected, n));
        }
        drop(io);
        running.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_fed_after_a_receive_was_given_up_is_written() {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        assert!(timeout(SECOND, s.recv::<Line>()).await.is_err());
        // The receive is polled and dropped, and the frame is fed, in the same turn.
        tokio::select! {
            biased;
            received = s.recv::<Line>() => panic!("{received:?}"),
            () = async {} => {}
        }
        s.feed(&Line::new("fed"))?;
        std::future::pending().await
    });
    let (mut io, theirs) = duplex(64);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    let mut fed = [0; 4];
    timeout(2 * SECOND, io.read_exact(&mut fed)).await.expect("the frame is not written").unwrap();
    assert_eq!(&fed, b"fed\n");
    running.abort();
}

#[tokio::test(start_paused = true)]
async fn written_frames_leave_room_for_others() {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        // The second frame may exceed the limit, the third has no room.
        s.feed(&Line::new("0123456"))?;
        s.feed(&Line::new("0123456"))?;
        let Err(Error::Full) = s.feed(&Line::new("0123456")) else { return Ok(()) };
        // Nothing of the session is called meanwhile.
        sleep(SECOND).await;
        Ok(s.feed(&Line::new("fits"))?)
    });
    let server = server.limits(Limits::new().out_buffer(10));
    let (mut io, theirs) = duplex(64);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    let mut all = String::new();
    io.read_to_string(&mut all).await.unwrap();
    assert_eq!(all, "0123456\n0123456\nfits\n");
    drop(io);
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_session_without_a_task_writes_when_it_waits() {
    let (ours, mut theirs) = duplex(64);
    let mut s = Session::over(ours, &ClientOptions::new());
    s.feed(&Line::new("one")).unwrap();
    s.feed(&Line::new("two")).unwrap();
    theirs.write_all(b"reply\n").await.unwrap();
    assert_eq!(s.require::<Line>().await.unwrap(), Line::new("reply"));
    drop(s);
    let mut all = String::new();
    theirs.read_to_string(&mut all).await.unwrap();
    assert_eq!(all, "one\ntwo\n");
}
