//! Tests of the limit of out-buffers: bytes that a session has passed on count too, and a small
//! limit does not harm honest peers.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use framewright::net::{Close, Limits, Session};
use framewright::prelude::*;
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

use crate::frames::Msg;
use crate::recorder::Recorder;

const HOUR: Duration = Duration::from_secs(3600);

/// Feeds frames until the out-buffer is full. After each frame the session waits for the peer, and
/// is interrupted. Returns the number of frames.
async fn feed_and_wait(s: &mut Session, msg: &Msg) -> usize {
    for fed in 0..100 {
        match s.feed(msg) {
            Ok(()) => {}
            Err(Error::Full) => return fed,
            Err(error) => panic!("{error}"),
        }
        tokio::select! {
            biased;
            received = s.recv::<Msg>() => panic!("{received:?}"),
            () = ready(()) => {}
        }
    }
    panic!("the out-buffer has no limit");
}

#[tokio::test]
async fn bytes_that_could_not_be_written_count_as_fed() {
    let (ours, mut theirs) = duplex(64);
    let mut s = Session::over(ours, &ClientOptions::new());
    let msg = Msg::new(vec![7; 100_000]);
    let fed = feed_and_wait(&mut s, &msg).await;
    assert_eq!(fed, (1 << 20) / msg.encoded_len() + 1);
    assert!(matches!(s.send(&msg).await, Err(Error::Full)));
    // There is room again once the peer has read.
    let reading = async { theirs.read_exact(&mut vec![0; fed * msg.encoded_len()]).await.unwrap() };
    let (flushed, _) = tokio::join!(s.flush(), reading);
    flushed.unwrap();
    s.feed(&msg).unwrap();
}

#[tokio::test(start_paused = true)]
async fn bytes_that_the_task_has_written_do_not_count() {
    let written = Arc::new(Notify::new());
    let (told, mut fed) = mpsc::unbounded_channel();
    let server = Server::sessions({
        let written = Arc::clone(&written);
        async move |mut s: Session| -> Result<(), Close> {
            let msg = Msg::new(vec![7; 100]);
            told.send(feed_and_wait(&mut s, &msg).await)?;
            // The session does not wait for the peer, so only the connection's task can write.
            written.notified().await;
            s.feed(&Msg::new("last"))?;
            Ok(())
        }
    });
    let server = server.limits(Limits::new().out_buffer(1000));
    let (mut ours, theirs) = duplex(64);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    let fed = fed.recv().await.unwrap();
    ours.read_exact(&mut vec![0; fed * 105]).await.unwrap();
    written.notify_one();
    let mut last = Vec::new();
    timeout(HOUR, ours.read_to_end(&mut last)).await.unwrap().unwrap();
    assert_eq!(last, Msg::new("last").to_vec().unwrap());
    running.await.unwrap();
}

/// Sends requests of 1 KiB to a server in one piece, and reads the replies later. Returns the number
/// of bytes that the server has answered.
async fn pipeline(server: impl AsyncFnOnce(tokio::io::DuplexStream) + Send, pipe: usize) -> usize {
    let (ours, theirs) = duplex(pipe);
    let (mut reader, mut writer) = tokio::io::split(ours);
    let requests = Msg::new(vec![0; 1019]).to_vec().unwrap().repeat(40);
    let asking = async {
        writer.write_all(&requests).await.unwrap();
        writer.shutdown().await.unwrap();
    };
    let mut seen = Vec::new();
    let (_, (), read) = tokio::join!(server(theirs), asking, reader.read_to_end(&mut seen));
    read.unwrap();
    assert!(requests.starts_with(&seen));
    seen.len()
}

#[tokio::test]
async fn a_small_out_buffer_does_not_disconnect_pipelining_peers() {
    for (limit, pipe) in
        [0, 1, 1000, 16 * 1024, 1 << 20].into_iter().flat_map(|limit| [(limit, 64), (limit, 1 << 20)])
    {
        let limits = Limits::new().out_buffer(limit);
        let (handler, _events) = Recorder::new();
        let server = Server::new(handler).limits(limits.clone());
        let answered = pipeline(async |io| server.serve_connection(io).await.unwrap(), pipe).await;
        assert_eq!(answered, 40 * 1024, "a handler, {limit}, {pipe}");
        let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
            while let Some(msg) = s.recv::<Msg>().await? {
                s.feed(&msg)?;
            }
            Ok(())
        });
        let server = server.limits(limits);
        let answered = pipeline(async |io| server.serve_connection(io).await.unwrap(), pipe).await;
        assert_eq!(answered, 40 * 1024, "a session, {limit}, {pipe}");
    }
}

#[tokio::test]
async fn frames_after_a_sent_body_find_room_in_a_small_out_buffer() {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        s.send_body(100_000, tokio::io::repeat(7)).await?;
        s.feed(&Msg::new("behind it"))?;
        Ok(())
    });
    let server = server.limits(Limits::new().out_buffer(1000));
    let (mut ours, theirs) = duplex(64);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    let mut seen = Vec::new();
    ours.read_to_end(&mut seen).await.unwrap();
    assert_eq!(seen[100_000..], Msg::new("behind it").to_vec().unwrap());
    running.await.unwrap();
}
