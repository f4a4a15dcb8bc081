//! Tests of bodies that are sent in one step, when the connection ends or is closed meanwhile.

use std::future::pending;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use framewright::Error;
use framewright::net::{Close, Conversation, Limits, Peer, Session};
use framewright::prelude::*;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf, duplex};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use crate::frames::Line;

const HOUR: Duration = Duration::from_secs(3600);

/// What a reader returns next.
#[derive(Clone, Copy, Debug)]
enum Next {
    Bytes(&'static [u8]),
    End,
    Failure,
    Panic,
    /// Nothing, so that the deadline passes.
    Nothing,
}

/// What a conversation does with its session after the body.
#[derive(Clone, Copy, Debug)]
enum After {
    Return,
    Parts,
    Tunnel,
    Halves,
}

impl After {
    async fn go_on(self, s: Session) {
        match self {
            Self::Return => {}
            Self::Parts => {
                let mut io = s.into_parts().io;
                let _ = io.write_all(b"!").await;
                let _ = io.flush().await;
            }
            Self::Tunnel => {
                let (_near, far) = duplex(64);
                assert!(matches!(s.tunnel(far).await, Err(Error::Closed)));
            }
            Self::Halves => {
                let (mut sender, _receiver) = s.into_client::<Line, Line>().split();
                assert!(sender.send(&Line::new("more")).await.is_err());
            }
        }
    }
}

/// A reader that is told what to return.
struct Told(mpsc::UnboundedReceiver<Next>);

impl AsyncRead for Told {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match ready!(self.0.poll_recv(cx)) {
            Some(Next::Bytes(bytes)) => buf.put_slice(bytes),
            Some(Next::Failure) => return Poll::Ready(Err(io::ErrorKind::NotFound.into())),
            Some(Next::Panic) => panic!("as asked"),
            Some(Next::Nothing) => return Poll::Pending,
            Some(Next::End) | None => {}
        }
        Poll::Ready(Ok(()))
    }
}

/// Returns what a session closure can take once.
fn once<T>(value: T) -> impl Fn() -> T + Clone {
    let value = Arc::new(Mutex::new(Some(value)));
    move || value.lock().unwrap().take().expect("there is one connection")
}

#[tokio::test(start_paused = true)]
async fn nothing_is_written_into_an_incomplete_body() {
    let unfinished = [Next::End, Next::Failure, Next::Panic, Next::Nothing].map(|next| (next, After::Return));
    let after = [After::Parts, After::Tunnel, After::Halves].map(|after| (Next::End, after));
    for (next, after) in unfinished.into_iter().chain(after) {
        let (reader, told) = mpsc::unbounded_channel();
        let (peers, mut peer) = mpsc::unbounded_channel::<Peer<Line>>();
        let told = once(Told(told));
        let mut server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
            peers.send(s.handle())?;
            s.deadline(Instant::now() + Duration::from_secs(9));
            let sent = s.send_body(10, told()).await;
            after.go_on(s).await;
            Ok(sent?)
        });
        let counters = server.counters();
        let (mut ours, theirs) = duplex(64);
        let serving = tokio::spawn(async move { server.serve_connection(theirs).await });
        reader.send(Next::Bytes(b"begin")).unwrap();
        let mut seen = [0; 5];
        ours.read_exact(&mut seen).await.unwrap();
        assert_eq!(&seen, b"begin");
        // The frame waits for the end of the body, and would look like the rest of it.
        peer.recv().await.unwrap().try_send(Line::new("push")).unwrap();
        reader.send(next).unwrap();
        let mut rest = String::new();
        timeout(HOUR, ours.read_to_string(&mut rest)).await.expect("the connection stays open").unwrap();
        assert_eq!(rest, "", "{next:?}, {after:?}");
        serving.await.unwrap().unwrap();
        // A conversation whose assertion fails panics.
        assert_eq!(counters.snapshot().panics, u64::from(matches!(next, Next::Panic)), "{next:?}, {after:?}");
    }
}

/// Returns everything that a conversation writes to a client that only reads.
async fn written_by<M: 'static>(conversation: impl Conversation<M>) -> String {
    let server = Server::sessions(conversation);
    let (mut ours, theirs) = duplex(64);
    let serving = tokio::spawn(async move { server.serve_connection(theirs).await });
    let mut seen = String::new();
    ours.read_to_string(&mut seen).await.unwrap();
    drop(ours);
    serving.await.unwrap().unwrap();
    seen
}

#[tokio::test(start_paused = true)]
async fn pushed_frames_do_not_part_a_body_from_its_head() {
    let written = written_by(async |mut s: Session| -> Result<(), Close> {
        s.handle().try_send(Line::new("pushed"))?;
        s.feed(&Line::new("head"))?;
        Ok(s.send_body(4, &b"body"[..]).await?)
    });
    assert_eq!(written.await, "head\nbodypushed\n");
}

#[tokio::test(start_paused = true)]
async fn a_head_that_was_pushed_comes_before_its_body() {
    let written = written_by(async |mut s: Session| -> Result<(), Close> {
        s.handle().send(Line::new("head")).await?;
        Ok(s.send_body(4, &b"body"[..]).await?)
    });
    assert_eq!(written.await, "head\nbody");
}

#[tokio::test(start_paused = true)]
async fn what_comes_before_a_body_is_written_at_a_deadline() {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        s.deadline(Instant::now() + Duration::from_secs(1));
        s.feed(&Line::new("0123456789"))?;
        Ok(s.send_body(4, &b"body"[..]).await?)
    });
    // The limit makes the session write everything before the body.
    let server = server.limits(Limits::new().out_buffer(1));
    let (mut ours, theirs) = duplex(4);
    let serving = tokio::spawn(async move { server.serve_connection(theirs).await });
    sleep(Duration::from_millis(1100)).await;
    let mut seen = String::new();
    ours.read_to_string(&mut seen).await.unwrap();
    assert_eq!(seen, "0123456789\n");
    drop(ours);
    serving.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn closing_a_session_whose_body_another_task_sends() {
    for waits in [false, true] {
        close_within_a_body(waits).await;
    }
}

/// Closes a connection while another task than its own sends a body. That task then ends, or waits for
/// something else.
async fn close_within_a_body(waits: bool) {
    let (reader, told) = mpsc::unbounded_channel();
    let (events, happened) = mpsc::unbounded_channel::<()>();
    let (peers, mut peer) = mpsc::unbounded_channel::<Option<Peer<Line>>>();
    let (told, happened) = (once(Told(told)), once(happened));
    let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        peers.send(Some(s.handle()))?;
        let (told, mut happened) = (told(), happened());
        let mut sending = tokio::spawn(async move {
            let sent = s.send_body(10, told).await;
            if waits {
                pending::<()>().await;
            }
            sent
        });
        loop {
            tokio::select! {
                sent = &mut sending => return Ok(sent??),
                Some(()) = happened.recv() => peers.send(None)?,
            }
        }
    });
    let (mut ours, theirs) = duplex(64);
    let serving = tokio::spawn(async move { server.serve_connection(theirs).await });
    reader.send(Next::Bytes(b"begin")).unwrap();
    let mut seen = [0; 5];
    ours.read_exact(&mut seen).await.unwrap();
    peer.recv().await.unwrap().unwrap().close();
    // The connection's task runs while the reader waits.
    events.send(()).unwrap();
    peer.recv().await.unwrap();
    reader.send(Next::Bytes(b", end")).unwrap();
    let mut rest = String::new();
    timeout(HOUR, ours.read_to_string(&mut rest)).await.expect("the connection stays open").unwrap();
    assert_eq!(rest, ", end");
    serving.await.unwrap().unwrap();
}
