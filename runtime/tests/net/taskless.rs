//! Tests of sessions without a task, for which everything happens while one of their methods waits.

use std::time::Duration;

use framewright::net::{Peer, Session, TrySendError};
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{Instant, timeout};

use crate::frames::{Line, Msg};

const SECOND: Duration = Duration::from_secs(1);

/// Returns a session over a pipe that holds `room` bytes, and the peer's end.
fn session(room: usize) -> (Session, DuplexStream) {
    let (ours, theirs) = duplex(room);
    (Session::over(ours, &ClientOptions::new()), theirs)
}

/// Checks that a handle for pushing sees the end of its connection.
async fn sees_the_end(peer: &Peer<Msg>) {
    assert!(peer.is_closed());
    assert!(matches!(peer.try_send(Msg::new("late")), Err(TrySendError::Closed(_))));
    assert!(matches!(peer.send(Msg::new("late")).await, Err(Error::Closed)));
}

#[tokio::test(start_paused = true)]
async fn handles_are_closed_with_the_session() {
    let ends: [fn(Session); 6] = [
        |s| drop(s),
        |s| drop(s.into_client::<Msg, Msg>()),
        |s| drop(s.into_client::<Msg, Msg>().into_session()),
        |s| drop(s.into_client::<Msg, Msg>().split()),
        |s| drop(s.into_parts()),
        |s| drop(s.serve(async |msg: Msg| msg)),
    ];
    for end in ends {
        let (s, _theirs) = session(64);
        let peer = s.handle::<Msg>();
        peer.try_send(Msg::new(vec![0; 2 << 20])).unwrap();
        let waiting = tokio::spawn({
            let peer = peer.clone();
            async move { peer.send(Msg::new("no room")).await }
        });
        let flushed = tokio::spawn({
            let peer = peer.clone();
            async move { peer.flushed().await }
        });
        tokio::task::yield_now().await;
        end(s);
        sees_the_end(&peer).await;
        assert!(matches!(timeout(SECOND, waiting).await.unwrap().unwrap(), Err(Error::Closed)));
        assert!(matches!(timeout(SECOND, flushed).await.unwrap().unwrap(), Err(Error::Closed)));
    }
}

#[tokio::test(start_paused = true)]
async fn handles_are_closed_when_serving_ends() {
    for cancelled in [false, true] {
        let (s, theirs) = session(64);
        let peer = s.handle::<Msg>();
        let serving = timeout(SECOND, s.serve(async |msg: Msg| msg));
        if !cancelled {
            drop(theirs);
        }
        assert_eq!(serving.await.is_err(), cancelled);
        sees_the_end(&peer).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_is_written_when_send_body_returns() {
    let (mut s, mut theirs) = session(64);
    let reading = tokio::spawn(async move {
        let mut seen = Vec::new();
        theirs.read_to_end(&mut seen).await.map(|_| seen.len())
    });
    s.feed(&Line::new("put")).unwrap();
    s.send_body(1000, tokio::io::repeat(7)).await.unwrap();
    drop(s);
    assert_eq!(reading.await.unwrap().unwrap(), 4 + 1000);
}

#[tokio::test(start_paused = true)]
async fn a_body_is_written_while_its_reader_waits() {
    const FIRST: usize = 50_000;
    let (mut s, mut theirs) = session(1024);
    let (mut source, reader) = duplex(2 * FIRST);
    let peer = tokio::spawn(async move {
        source.write_all(&[1; FIRST]).await.unwrap();
        theirs.read_exact(&mut [0; FIRST]).await.unwrap();
        source.write_all(&[2; 10]).await.unwrap();
        theirs.read_exact(&mut [0; 10]).await.unwrap();
        theirs
    });
    let len = u64::try_from(FIRST).unwrap() + 10;
    timeout(SECOND, s.send_body(len, reader)).await.unwrap().unwrap();
    peer.await.unwrap();
}

/// A stream whose reads fail once the flag is set, as after a reset.
struct Resettable {
    io: DuplexStream,
    reset: tokio::sync::oneshot::Receiver<()>,
}

impl tokio::io::AsyncRead for Resettable {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buf: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        if std::future::Future::poll(std::pin::Pin::new(&mut self.reset), cx).is_ready() {
            return std::task::Poll::Ready(Err(std::io::ErrorKind::ConnectionReset.into()));
        }
        std::pin::Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl tokio::io::AsyncWrite for Resettable {
    fn poll_write(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        std::pin::Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[tokio::test(start_paused = true)]
async fn a_reset_ends_a_body_whose_reader_waits() {
    let (io, _theirs) = duplex(64);
    let (resets, reset) = tokio::sync::oneshot::channel();
    let mut s = Session::over(Resettable { io, reset }, &ClientOptions::new());
    let (_source, reader) = duplex(64);
    let sending = async { timeout(SECOND, s.send_body(10, reader)).await.unwrap() };
    let (sent, ()) = tokio::join!(sending, async { resets.send(()).unwrap() });
    assert!(matches!(sent, Err(Error::Io(_))), "{sent:?}");
    assert!(matches!(s.feed(&Line::new("more")), Err(Error::Closed)));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_body_whose_reader_waits() {
    let (mut s, mut theirs) = session(64);
    let (_source, reader) = duplex(64);
    s.deadline(Instant::now() + SECOND);
    let sent = timeout(2 * SECOND, s.send_body(10, reader)).await.unwrap();
    assert!(matches!(sent, Err(Error::Timeout(_))), "{sent:?}");
    assert!(matches!(s.recv::<Line>().await, Err(Error::Closed)));
    assert_eq!(theirs.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_body_dropped_before_it_begins_aborts() {
    let (mut s, mut theirs) = session(64);
    s.feed(&Msg::new(vec![0; 100_000])).unwrap();
    let sending = timeout(Duration::from_millis(10), s.send_body(100, tokio::io::repeat(7)));
    assert!(sending.await.is_err());
    assert!(matches!(s.feed(&Line::new("more")), Err(Error::Closed)));
    assert!(matches!(s.flush().await, Err(Error::Closed)));
    theirs.read_to_end(&mut Vec::new()).await.unwrap();
}

#[cfg(feature = "tls")]
#[tokio::test(start_paused = true)]
async fn a_handshake_dropped_before_it_begins_aborts() {
    let (mut s, mut theirs) = session(64);
    s.feed(&Msg::new(vec![0; 100_000])).unwrap();
    let trust = crate::starttls::configs().1;
    assert!(timeout(Duration::from_millis(10), s.start_tls(("localhost", trust))).await.is_err());
    assert!(matches!(s.feed(&Line::new("more")), Err(Error::Closed)));
    theirs.read_to_end(&mut Vec::new()).await.unwrap();
}

#[cfg(feature = "tls")]
#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_handshake() {
    let (mut s, _theirs) = session(64 * 1024);
    s.deadline(Instant::now() + SECOND);
    let shaken = timeout(2 * SECOND, s.start_tls(("localhost", crate::starttls::configs().1))).await.unwrap();
    assert!(matches!(shaken, Err(Error::Timeout(_))), "{shaken:?}");
    assert!(matches!(s.recv::<Line>().await, Err(Error::Closed)));
}

#[tokio::test(start_paused = true)]
async fn unsent_bytes_of_parts_wake_the_writer_of_a_split_stream() {
    for keeps_reading in [true, false] {
        let (mut s, mut theirs) = session(64);
        s.feed(&Line::new("x".repeat(999))).unwrap();
        let (mut reader, mut writer) = tokio::io::split(s.into_parts().io);
        let writing = tokio::spawn(async move {
            writer.write_all(b"behind it").await.unwrap();
            writer
        });
        tokio::task::yield_now().await;
        // The reader tries to send the same bytes, so the stream would wake only the reader.
        let reading = tokio::spawn(async move { reader.read(&mut [0; 8]).await.map(|_| reader) });
        tokio::task::yield_now().await;
        if !keeps_reading {
            reading.abort();
        }
        let reading = timeout(SECOND, async {
            let mut seen = vec![0; 1000 + 9];
            theirs.read_exact(&mut seen).await.unwrap();
            seen
        });
        assert!(reading.await.expect("the writer is stuck").ends_with(b"x\nbehind it"));
        writing.await.unwrap();
    }
}
