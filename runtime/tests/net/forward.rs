//! Tests of a handler that forwards requests to another connection.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use framewright::net::{Close, Conn, Handler, Server, Session};
use framewright::{ClientOptions, Encode, Error};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf, duplex};

use crate::counted::Counted;
use crate::frames::{Line, Msg, MsgRef};

/// Feeds each request to the other connection, and returns the answers at the end of the batch.
struct Forward(Mutex<Option<Session>>);

struct Behind {
    session: Session,
    due: usize,
}

impl Handler for Forward {
    type In<'a> = MsgRef<'a>;
    type Out = Msg;
    type State = Behind;

    async fn open(&self, _: &mut Conn<Msg>) -> Result<Behind, Close> {
        let session = self.0.lock().unwrap().take().ok_or("there is one connection only")?;
        Ok(Behind { session, due: 0 })
    }

    async fn frame<'a>(
        &'a self,
        _: &'a mut Conn<Msg>,
        behind: &'a mut Behind,
        question: MsgRef<'a>,
    ) -> Result<(), Close> {
        behind.due += 1;
        Ok(behind.session.feed(&question)?)
    }

    async fn batch_end(&self, conn: &mut Conn<Msg>, behind: &mut Behind) -> Result<(), Close> {
        behind.session.flush().await?;
        while behind.due > 0 {
            conn.send(behind.session.require::<Msg>().await?)?;
            behind.due -= 1;
        }
        Ok(())
    }
}

#[tokio::test]
async fn batches_are_as_large_as_what_has_arrived() {
    const MESSAGES: usize = 512;

    let (back, behind) = duplex(1 << 20);
    let (back, writes) = Counted::new(back);
    let session = Session::over(back, &ClientOptions::new());
    let (mut ours, front) = duplex(1 << 20);
    tokio::spawn(async move { Server::new(async |msg: Msg| msg).serve_connection(behind).await });
    let proxy = Server::new(Forward(Mutex::new(Some(session))));
    let serving = tokio::spawn(async move { proxy.serve_connection(front).await });

    let messages = Msg::new([7; 1019]).to_vec().unwrap().repeat(MESSAGES);
    ours.write_all(&messages).await.unwrap();
    let mut answers = vec![0; messages.len()];
    ours.read_exact(&mut answers).await.unwrap();
    assert!(answers == messages);
    drop(ours);
    serving.await.unwrap().unwrap();
    // While the handler waits for answers, the server reads ahead. If it read only 8 KiB ahead,
    // there would be 64 batches.
    let writes = writes.load(Ordering::Relaxed);
    assert!((8..=12).contains(&writes), "{writes} writes for {MESSAGES} messages of 1 KiB");
}

/// A stream that returns the given reads. Each of its writes is pending once.
struct Scripted {
    reads: VecDeque<io::Result<Vec<u8>>>,
    waited: bool,
}

impl AsyncRead for Scripted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Ready(self.reads.pop_front().unwrap_or(Ok(Vec::new())).map(|mut bytes| {
            let rest = bytes.split_off(bytes.len().min(buffer.remaining()));
            buffer.put_slice(&bytes);
            if !rest.is_empty() {
                self.reads.push_front(Ok(rest));
            }
        }))
    }
}

impl AsyncWrite for Scripted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.waited = !self.waited;
        if self.waited {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Scripted {
    /// Sends a line over a session while `lines` lines and the end of the stream arrive. Returns
    /// the session and the result of sending.
    async fn session(lines: usize, breaks: bool) -> (Session, Result<(), Error>) {
        let end = if breaks { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(Vec::new()) };
        let reads = VecDeque::from([Ok(b"x\n".repeat(lines)), end]);
        let mut s = Session::over(Self { reads, waited: false }, &ClientOptions::new());
        let sent = s.send(&Line::new("hello")).await;
        (s, sent)
    }
}

fn is_reset(error: &Error) -> bool {
    matches!(error, Error::Io(error) if error.kind() == io::ErrorKind::ConnectionReset)
}

#[tokio::test]
async fn bytes_read_ahead_are_received_however_the_stream_ends() {
    // These are fewer lines than a session reads ahead, exactly as many, and more. Only with fewer
    // lines is the end of the stream read ahead as well.
    for lines in [10, 4096, 6000] {
        for breaks in [true, false] {
            let (mut s, sent) = Scripted::session(lines, breaks).await;
            // Sending fails only if the broken end was read ahead.
            let noticed = breaks && lines == 10;
            assert!(sent.as_ref().map_or_else(|error| noticed && is_reset(error), |()| !noticed), "{sent:?}");
            for line in 0..lines {
                assert_eq!(s.require::<Line>().await.unwrap().text, "x", "{line}");
            }
            match s.recv::<Line>().await {
                Err(error) => assert!(breaks && is_reset(&error), "{error}"),
                end => assert!(!breaks && matches!(end, Ok(None)), "{end:?}"),
            }
        }
    }
}

#[tokio::test]
async fn the_parts_of_a_session_report_that_the_connection_broke() {
    let (mut s, _) = Scripted::session(4096, true).await;
    assert_eq!(s.require::<Line>().await.unwrap().text, "x");
    let mut parts = s.into_parts();
    assert_eq!(parts.read_ahead.len(), 8190);
    let error = parts.io.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn the_client_of_a_session_reports_that_the_connection_broke() {
    let (mut s, _) = Scripted::session(4096, true).await;
    assert_eq!(s.require::<Line>().await.unwrap().text, "x");
    let (_sender, mut receiver) = s.into_client::<Line, Line>().split();
    for line in 1..4096 {
        assert_eq!(receiver.recv().await.unwrap().unwrap().text, "x", "{line}");
    }
    assert!(is_reset(&receiver.recv().await.unwrap_err()));
}

/// A reset is read while the session waits to write. The wait ends with it, and so does each later
/// read after the bytes that arrived before it.
#[tokio::test]
async fn a_wait_that_ends_with_an_error_does_not_hide_it_from_reads() {
    let (mut s, sent) = Scripted::session(10, true).await;
    assert!(is_reset(&sent.unwrap_err()));
    s.feed(&Line::new("again")).unwrap();
    assert!(is_reset(&s.flush().await.unwrap_err()));
    for _ in 0..10 {
        assert_eq!(s.require::<Line>().await.unwrap().text, "x");
    }
    assert!(is_reset(&s.recv::<Line>().await.unwrap_err()));
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn tls_does_not_start_on_a_connection_that_broke() {
    let (mut s, _) = Scripted::session(1, true).await;
    assert_eq!(s.require::<Line>().await.unwrap().text, "x");
    let trust = crate::starttls::configs().1;
    assert!(is_reset(&s.start_tls(("localhost", trust)).await.unwrap_err()));
}
