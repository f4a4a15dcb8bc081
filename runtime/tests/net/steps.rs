//! Tests of the steps of sessions other than frames: bodies, tunnels, TLS, handlers, clients.

use std::future::pending;
use std::time::Duration;

use framewright::net::{Close, Limits, Parts, Session, TunnelError};
use framewright::prelude::*;
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use crate::frames::{Line, Msg, Place};
use crate::recorder::{Recorder, Seen};

/// Runs a server on one end of a pipe. Returns the other end, the task of the server, and its
/// counters.
macro_rules! on_pipe {
    ($server:expr) => {{
        let (ours, theirs) = duplex(64 * 1024);
        let mut server = $server;
        let counters = server.counters();
        let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
        (ours, running, counters)
    }};
}

async fn read_line(io: &mut DuplexStream) -> String {
    let mut line = Vec::new();
    loop {
        match io.read_u8().await.unwrap() {
            b'\n' => return String::from_utf8(line).unwrap(),
            byte => line.push(byte),
        }
    }
}

#[tokio::test]
async fn a_body_far_beyond_the_frame_limit_comes_in_chunks() {
    const LEN: u64 = 20_000_000;
    let (mut io, running, _) = on_pipe!(
        Server::sessions(async |mut s: Session| -> Result<(), Close> {
            let _: Line = s.require().await?;
            let mut body = s.body(LEN);
            let (mut sum, mut most) = (0, 0);
            while let Some(chunk) = body.chunk().await? {
                most = most.max(chunk.len());
                sum += chunk.len();
            }
            // The body has been read, so the session continues with a frame.
            let line: Line = s.require().await?;
            s.send(&Line::new(format!("{} {sum} {}", line.text, most <= 128 * 1024))).await?;
            Ok(())
        })
        .limits(Limits::new().frame(1000))
    );
    let writing = tokio::spawn(async move {
        io.write_all(b"put\n").await.unwrap();
        for _ in 0..LEN / 20_000 {
            io.write_all(&[7; 20_000]).await.unwrap();
        }
        io.write_all(b"done\n").await.unwrap();
        io
    });
    let mut io = writing.await.unwrap();
    assert_eq!(read_line(&mut io).await, format!("done {LEN} true"));
    drop(io);
    running.await.unwrap();
}

#[tokio::test]
async fn the_rest_of_a_body_is_skipped_up_to_the_frame_limit() {
    for (len, goes_on) in [(1000, true), (1101, false), (1 << 63, false)] {
        let (mut io, running, counters) = on_pipe!(
            Server::sessions(async move |mut s: Session| -> Result<(), Close> {
                // Only a hundred bytes are read, in pieces, through `AsyncRead`.
                s.body(len).read_exact(&mut [0; 100]).await?;
                let line: Line = s.require().await?;
                s.send(&line).await?;
                Ok(())
            })
            .limits(Limits::new().frame(1000))
        );
        io.write_all(&vec![1; 1100.min(usize::try_from(len).unwrap_or(usize::MAX))]).await.unwrap();
        io.write_all(&[b'x'; 100]).await.unwrap();
        io.write_all(b"\n").await.unwrap();
        let mut answer = Vec::new();
        io.read_to_end(&mut answer).await.unwrap();
        assert_eq!(answer.is_empty(), !goes_on, "{len}");
        drop(io);
        running.await.unwrap();
        assert_eq!(counters.snapshot().failures, u64::from(!goes_on));
    }
}

#[tokio::test(start_paused = true)]
async fn a_trickled_body_is_too_slow_but_one_that_nobody_asks_for_is_not() {
    for (pause, pace, seconds) in [(0, 1, 10), (60, 1, 70), (0, 20_000, 0)] {
        let (mut io, running, counters) =
            on_pipe!(Server::sessions(async move |mut s: Session| -> Result<(), Close> {
                let mut body = s.body(100_000);
                body.chunk().await?;
                sleep(Duration::from_secs(pause)).await;
                while body.chunk().await?.is_some() {}
                Ok(())
            }));
        let start = Instant::now();
        let (mut reads, mut writes) = {
            let (reads, writes) = tokio::io::split(io);
            (reads, writes)
        };
        let trickle = tokio::spawn(async move {
            for _ in 0..100_000 / pace {
                if writes.write_all(&vec![1; pace]).await.is_err() {
                    break;
                }
                sleep(Duration::from_secs(1)).await;
            }
            writes
        });
        assert_eq!(reads.read(&mut [0; 8]).await.unwrap(), 0);
        let took = start.elapsed().as_secs();
        if pace == 1 {
            assert!((seconds..seconds + 3).contains(&took), "{took}");
            assert_eq!(counters.snapshot().timeouts, 1);
        } else {
            assert_eq!(counters.snapshot().timeouts, 0);
        }
        trickle.abort();
        io = reads.unsplit(match trickle.await {
            Ok(writes) => writes,
            Err(_) => {
                running.abort();
                continue;
            }
        });
        drop(io);
        running.await.unwrap();
    }
}

#[tokio::test]
async fn a_body_goes_out_whole_between_frames() {
    const LEN: u64 = 3_000_000;
    let (mut io, running, _) = on_pipe!(Server::sessions(async |mut s: Session| -> Result<(), Close> {
        s.feed(&Line::new("body"))?;
        let peer = s.handle::<Line>();
        // A push during the body waits for the end of the body.
        let pushing = tokio::spawn(async move { peer.send(Line::new("pushed")).await });
        s.send_body(LEN, tokio::io::repeat(7)).await?;
        pushing.await??;
        s.send(&Line::new("end")).await?;
        Ok(())
    }));
    assert_eq!(read_line(&mut io).await, "body");
    let mut body = vec![0; usize::try_from(LEN).unwrap()];
    io.read_exact(&mut body).await.unwrap();
    assert!(body.iter().all(|byte| *byte == 7));
    let mut rest = Vec::new();
    io.read_to_end(&mut rest).await.unwrap();
    let mut lines: Vec<_> = rest.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    assert_eq!(lines, [&b"end"[..], b"pushed"]);
    drop(io);
    running.await.unwrap();
}

#[tokio::test]
async fn a_body_that_is_cut_short_aborts_the_connection() {
    for dropped in [true, false] {
        let (mut io, running, _) =
            on_pipe!(Server::sessions(async move |mut s: Session| -> Result<(), Close> {
                if dropped {
                    let (_never, pipe) = duplex(8);
                    let sending = s.send_body(1000, pipe);
                    assert!(tokio::time::timeout(Duration::from_millis(1), sending).await.is_err());
                } else {
                    assert!(matches!(s.send_body(1000, &b"short"[..]).await, Err(Error::Io(_))));
                }
                assert!(matches!(s.feed(&Line::new("more")), Err(Error::Closed)));
                assert!(matches!(s.recv::<Line>().await, Err(Error::Closed)));
                Ok(())
            }));
        let mut seen = Vec::new();
        io.read_to_end(&mut seen).await.unwrap();
        assert!(!String::from_utf8_lossy(&seen).contains("more"), "{seen:?}");
        drop(io);
        running.await.unwrap();
    }
}

#[tokio::test]
async fn a_tunnel_carries_what_was_read_ahead_and_half_closes() {
    let (far, mut upstream) = duplex(16);
    let far = std::sync::Arc::new(std::sync::Mutex::new(Some(far)));
    let (told, mut carried) = mpsc::unbounded_channel();
    let (mut io, running, counters) =
        on_pipe!(Server::sessions(async move |mut s: Session| -> Result<(), Close> {
            let peer = s.handle::<Line>();
            let line: Line = s.require().await?;
            s.feed(&line)?;
            let far = far.lock().unwrap().take().ok_or("twice")?;
            let tunnel = s.tunnel(far);
            assert!(!peer.is_closed());
            told.send(tunnel.await?)?;
            assert!(peer.is_closed());
            Ok(())
        }));
    io.write_all(b"connect\nahead of it").await.unwrap();
    io.shutdown().await.unwrap();
    let mut seen = Vec::new();
    upstream.read_to_end(&mut seen).await.unwrap();
    assert_eq!(seen, b"ahead of it");
    upstream.write_all(b"and the answer, after the end").await.unwrap();
    drop(upstream);
    assert_eq!(read_line(&mut io).await, "connect");
    let mut seen = Vec::new();
    io.read_to_end(&mut seen).await.unwrap();
    assert_eq!(seen, b"and the answer, after the end");
    assert_eq!(carried.recv().await, Some((11, 29)));
    running.await.unwrap();
    let stats = counters.snapshot();
    assert_eq!((stats.bytes_in, stats.bytes_out), (19, 8 + 29));
}

#[tokio::test(start_paused = true)]
async fn a_broken_tunnel_reports_its_counts_and_an_idle_one_is_closed() {
    let (ours, theirs) = duplex(64);
    let s = Session::over(ours, &ClientOptions::new());
    let mut theirs = theirs;
    theirs.write_all(b"12345").await.unwrap();
    // The other end of the tunnel accepts no bytes.
    let error = s.tunnel(Broken).await.unwrap_err();
    let Error::Io(error) = error else { panic!("{error}") };
    let broken = error.get_ref().and_then(|error| error.downcast_ref::<TunnelError>()).unwrap();
    assert_eq!((broken.received, broken.sent), (5, 0));
    for deadline in [None, Some(Duration::from_secs(7))] {
        let (io, running, counters) =
            on_pipe!(Server::sessions(async move |mut s: Session| -> Result<(), Close> {
                s.deadline(deadline.map(|time| Instant::now() + time));
                let (far, _upstream) = duplex(16);
                s.tunnel(far).await?;
                Ok(())
            }));
        let start = Instant::now();
        running.await.unwrap();
        assert_eq!(start.elapsed(), deadline.unwrap_or(Duration::from_secs(300)));
        assert_eq!(counters.snapshot().timeouts, 1);
        drop(io);
    }
}

/// A stream from which no bytes arrive, and to which writing fails.
struct Broken;

impl tokio::io::AsyncRead for Broken {
    fn poll_read(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        _: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Pending
    }
}

impl tokio::io::AsyncWrite for Broken {
    fn poll_write(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        _: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        std::task::Poll::Ready(Err(std::io::ErrorKind::BrokenPipe.into()))
    }

    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn poll_shutdown(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn taken_apart_and_put_together_again_nothing_is_lost() {
    let (ours, mut theirs) = duplex(64);
    theirs.write_all(b"one\ntwo\nthr").await.unwrap();
    let mut s = Session::over(ours, &ClientOptions::new());
    assert_eq!(s.require::<Line>().await.unwrap(), Line::new("one"));
    s.feed(&Line::new("fed")).unwrap();
    let Parts { io, read_ahead } = s.into_parts();
    assert_eq!(read_ahead, "two\nthr");
    let mut s = Session::from_parts(Parts { io, read_ahead });
    assert_eq!(s.require::<Line>().await.unwrap(), Line::new("two"));
    theirs.write_all(b"ee\n").await.unwrap();
    assert_eq!(s.require::<Line>().await.unwrap(), Line::new("three"));
    s.send(&Line::new("then")).await.unwrap();
    assert_eq!((read_line(&mut theirs).await, read_line(&mut theirs).await), ("fed".into(), "then".into()));
}

#[tokio::test]
async fn parts_can_be_put_together_with_options() {
    let (ours, mut theirs) = duplex(64);
    theirs.write_all(b"long line\nlong line\n").await.unwrap();
    let s = Session::over(ours, &ClientOptions::new());
    let mut s = Session::from_parts(s.into_parts());
    assert_eq!(s.require::<Line>().await.unwrap(), Line::new("long line"));
    let mut s = Session::from_parts_with(s.into_parts(), &ClientOptions::new().max_frame(4));
    assert!(matches!(s.require::<Line>().await, Err(Error::Decode(_))));
}

#[tokio::test]
async fn a_session_goes_on_as_a_handler_and_a_client_as_a_session() {
    let (handler, mut events) = Recorder::new();
    let handler = std::sync::Arc::new(std::sync::Mutex::new(Some(handler)));
    let (io, running, counters) =
        on_pipe!(Server::sessions(async move |mut s: Session| -> Result<(), Close> {
            let place: Place = s.require().await?;
            s.feed(&place)?;
            let handler = handler.lock().unwrap().take().ok_or("twice")?;
            s.serve(handler).await
        }));
    let mut s = Session::over(io, &ClientOptions::new());
    s.feed(&Place { row: 1, seat: 2 }).unwrap();
    s.feed(&Msg::new("at once")).unwrap();
    assert_eq!(s.require::<Place>().await.unwrap(), Place { row: 1, seat: 2 });
    assert_eq!(s.require::<Msg>().await.unwrap(), Msg::new("at once"));
    let mut client = s.into_client::<Msg, Msg>();
    assert_eq!(client.call(&Msg::new("as a client")).await.unwrap(), Msg::new("as a client"));
    let mut s = client.into_session();
    assert_eq!(s.call::<_, Msg>(&Msg::new("again")).await.unwrap(), Msg::new("again"));
    drop(s);
    running.await.unwrap();
    let mut seen = 0;
    while let Some(event) = events.recv().await {
        seen += usize::from(matches!(event, Seen::Opened(_) | Seen::Closed(_)));
    }
    assert_eq!((seen, counters.snapshot().frames), (2, 4));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_survives_serve() {
    let (io, running, counters) = on_pipe!(Server::sessions(async |mut s: Session| -> Result<(), Close> {
        s.deadline(Instant::now() + Duration::from_secs(3));
        s.serve(async |_: Line| pending::<()>().await).await
    }));
    let mut io = io;
    io.write_all(b"waits\n").await.unwrap();
    let start = Instant::now();
    assert_eq!(io.read(&mut [0; 8]).await.unwrap(), 0);
    assert_eq!(start.elapsed().as_secs(), 3);
    drop(io);
    running.await.unwrap();
    assert_eq!(counters.snapshot().timeouts, 1);
}
