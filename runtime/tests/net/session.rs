//! Tests of sessions.

use std::future::pending;
use std::time::Duration;

use framewright::net::{Close, Limits, Peer, Session};
use framewright::prelude::*;
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::frames::{Line, Msg, MsgRef, Place, Rest, Upload};

/// Runs a server on one end of a pipe. Returns the other end, and the task of the server.
macro_rules! on_pipe {
    ($server:expr) => {{
        let (ours, theirs) = duplex(64 * 1024);
        let server = $server;
        let running = tokio::spawn(async move { server.serve_connection(theirs).await });
        (ours, running)
    }};
}

async fn read<T: for<'a> Decode<'a>>(io: &mut DuplexStream, len: usize) -> T {
    let mut bytes = vec![0; len];
    io.read_exact(&mut bytes).await.unwrap();
    T::decode(&bytes).unwrap()
}

async fn ended(running: JoinHandle<framewright::Result<()>>) {
    running.await.unwrap().unwrap();
}

/// A generic frame around any other frame. Each attempt to decode it copies the received bytes.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Envelope<B> {
    kind: u8,
    body: B,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, ctx(len: usize))]
struct Salt {
    #[len(len)]
    bytes: Vec<u8>,
}

/// Receives a frame of fixed size, a line, a frame that borrows, a generic frame, and a frame with
/// context.
async fn in_phases(mut s: Session) -> Result<(), Close> {
    let place: Place = s.require().await?;
    s.feed(&place)?;
    let line: Line = s.require().await?;
    s.feed(&line)?;
    let msg: MsgRef<'_> = s.require().await?;
    let copy = Msg::new(msg.body);
    s.feed(&copy)?;
    let envelope: Envelope<Place> = s.require().await?;
    s.feed(&envelope.body)?;
    let salt = s.recv_with::<Salt, _>(usize::from(envelope.kind)).await?.ok_or("no salt")?;
    s.feed(&Msg::new(salt.bytes))?;
    Ok(())
}

fn all_phases() -> (Vec<u8>, Vec<u8>) {
    let place = Place { row: 1, seat: 2 };
    let envelope = Envelope { kind: 3, body: Place { row: 3, seat: 4 } };
    let said = [
        place.to_vec().unwrap(),
        Line::new("a line").to_vec().unwrap(),
        Msg::new("a message").to_vec().unwrap(),
        envelope.to_vec().unwrap(),
        vec![7, 8, 9],
    ];
    let answered = [
        place.to_vec().unwrap(),
        Line::new("a line").to_vec().unwrap(),
        Msg::new("a message").to_vec().unwrap(),
        envelope.body.to_vec().unwrap(),
        Msg::new([7, 8, 9]).to_vec().unwrap(),
    ];
    (said.concat(), answered.concat())
}

#[tokio::test]
async fn the_type_may_change_at_any_byte() {
    let (said, answered) = all_phases();
    for cut in 0..=said.len() {
        let (mut io, running) = on_pipe!(Server::sessions(in_phases));
        io.write_all(&said[..cut]).await.unwrap();
        tokio::task::yield_now().await;
        io.write_all(&said[cut..]).await.unwrap();
        let mut seen = vec![0; answered.len()];
        io.read_exact(&mut seen).await.unwrap();
        assert_eq!(seen, answered, "{cut}");
        drop(io);
        ended(running).await;
    }
}

#[tokio::test]
async fn one_byte_at_a_time() {
    let (said, answered) = all_phases();
    let (mut io, running) = on_pipe!(Server::sessions(in_phases));
    for byte in said {
        io.write_u8(byte).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut seen = vec![0; answered.len()];
    io.read_exact(&mut seen).await.unwrap();
    assert_eq!(seen, answered);
    drop(io);
    ended(running).await;
}

#[tokio::test]
async fn a_client_and_a_server_over_tcp() {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        assert_eq!(s.peer_addr().ip(), s.local_addr().ip());
        while let Some(line) = s.recv::<Line>().await? {
            s.feed(&Msg::new(line.text))?;
        }
        Ok(())
    });
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server.serve_until(stopped));
    let mut s = Session::connect(address).await.unwrap();
    assert_eq!(s.peer_addr(), address);
    let reply: Msg = s.call(&Line::new("hello")).await.unwrap();
    assert_eq!(reply, Msg::new("hello"));
    for text in ["one", "two", "three"] {
        s.feed(&Line::new(text)).unwrap();
    }
    for text in ["one", "two", "three"] {
        assert_eq!(s.require::<MsgRef<'_>>().await.unwrap().body, text.as_bytes());
    }
    stop.send(()).unwrap();
    // A drain ends the stream of received frames.
    assert!(s.recv::<Msg>().await.unwrap().is_none());
    assert!(matches!(s.require::<Msg>().await, Err(Error::Closed)));
    ended(running).await;
}

#[tokio::test(start_paused = true)]
async fn fed_and_pushed_frames_are_written_while_a_session_waits() {
    let (told, mut peers) = mpsc::unbounded_channel::<Peer<Line>>();
    let (go_on, wait) = oneshot::channel::<()>();
    let wait = std::sync::Arc::new(std::sync::Mutex::new(Some(wait)));
    let (mut io, running) = on_pipe!(Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        told.send(s.handle())?;
        s.feed(&Line::new("fed"))?;
        // While the session waits, frames that others push are sent.
        s.flush().await?;
        let wait = wait.lock().unwrap().take().unwrap();
        wait.await?;
        s.send(&Line::new("last")).await?;
        Ok(())
    }));
    assert_eq!(read::<Line>(&mut io, 4).await, Line::new("fed"));
    let peer = peers.recv().await.unwrap();
    peer.send(Line::new("pushed")).await.unwrap();
    assert_eq!(read::<Line>(&mut io, 7).await, Line::new("pushed"));
    go_on.send(()).unwrap();
    assert_eq!(read::<Line>(&mut io, 5).await, Line::new("last"));
    drop(io);
    ended(running).await;
}

#[tokio::test]
async fn a_session_in_an_executor_of_its_own() {
    use std::pin::pin;
    use std::task::Poll;

    // The future is polled only when its own waker has been called, as `FuturesUnordered` does.
    let (mut io, running) = on_pipe!(Server::sessions(async |mut s: Session| -> Result<(), Close> {
        struct Flag(std::sync::atomic::AtomicBool, std::sync::Mutex<Option<std::task::Waker>>);
        impl std::task::Wake for Flag {
            fn wake(self: std::sync::Arc<Self>) {
                self.0.store(true, std::sync::atomic::Ordering::SeqCst);
                if let Some(waker) = &*self.1.lock().unwrap() {
                    waker.wake_by_ref();
                }
            }
        }
        let flag = std::sync::Arc::new(Flag(true.into(), std::sync::Mutex::default()));
        let waker = std::task::Waker::from(std::sync::Arc::clone(&flag));
        let line: Line = {
            let mut receiving = pin!(s.require::<Line>());
            let mut tick = tokio::time::interval(Duration::from_millis(1));
            std::future::poll_fn(|cx| {
                // The timer wakes the task, but not the future's own waker.
                let _ = tick.poll_tick(cx);
                *flag.1.lock().unwrap() = Some(cx.waker().clone());
                if !flag.0.swap(false, std::sync::atomic::Ordering::SeqCst) {
                    return Poll::Pending;
                }
                receiving.as_mut().poll(&mut std::task::Context::from_waker(&waker))
            })
            .await?
        };
        s.send(&line).await?;
        Ok(())
    }));
    sleep(Duration::from_millis(10)).await;
    io.write_all(b"hel").await.unwrap();
    sleep(Duration::from_millis(10)).await;
    io.write_all(b"lo\n").await.unwrap();
    assert_eq!(read::<Line>(&mut io, 6).await, Line::new("hello"));
    drop(io);
    ended(running).await;
}

/// A value that reports when it is dropped.
struct Dropped(mpsc::UnboundedSender<&'static str>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send("dropped");
    }
}

#[tokio::test]
async fn a_reset_drops_the_conversation_wherever_it_waits() {
    for receives in [true, false] {
        let (told, mut events) = mpsc::unbounded_channel();
        let mut server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
            let _dropped = Dropped(told.clone());
            let _: Line = s.require().await?;
            told.send("waits")?;
            if receives {
                let _: Line = s.require().await?;
            } else {
                pending::<()>().await;
            }
            told.send("went on")?;
            Ok(())
        });
        let counters = server.counters();
        let server = server.bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr();
        let running = tokio::spawn(server.serve());
        let peer = std::net::TcpStream::connect(address).unwrap();
        std::io::Write::write_all(&mut &peer, b"hi\n").unwrap();
        assert_eq!(events.recv().await, Some("waits"));
        // Closing with a linger time of zero sends a reset.
        socket2::SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
        drop(peer);
        assert_eq!(events.recv().await, Some("dropped"));
        while counters.snapshot().open() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(counters.snapshot().frames, 1);
        running.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn deadlines_hold_in_every_step() {
    type Step = fn(Session) -> std::pin::Pin<Box<dyn Future<Output = Result<(), Close>> + Send>>;
    let silent: Step =
        |mut s| Box::pin(async move { s.require::<Line>().await.map(drop).map_err(Close::from) });
    let own: Step = |mut s| {
        Box::pin(async move {
            s.deadline(Instant::now() + Duration::from_secs(3));
            pending().await
        })
    };
    let lifted: Step = |mut s| {
        Box::pin(async move {
            s.deadline(Instant::now() + Duration::from_secs(3));
            s.deadline(None);
            sleep(Duration::from_secs(4)).await;
            Ok(())
        })
    };
    for (step, says, expected, timeouts) in
        [(silent, "", 10, 1), (silent, "half a li", 10, 1), (own, "", 3, 1), (lifted, "", 4, 0)]
    {
        let mut server = Server::sessions(step);
        let counters = server.counters();
        let (mut io, running) = on_pipe!(server);
        let start = Instant::now();
        io.write_all(says.as_bytes()).await.unwrap();
        assert_eq!(io.read(&mut [0; 8]).await.unwrap(), 0);
        assert_eq!(start.elapsed().as_secs(), expected, "{says}");
        drop(io);
        ended(running).await;
        assert_eq!(counters.snapshot().timeouts, timeouts);
    }
}

#[tokio::test]
async fn failures_are_counted_and_affect_only_their_connection() {
    let mut server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        let line: Line = s.require().await?;
        match &*line.text {
            "panic" => panic!("as asked"),
            "fail" => Err("as asked")?,
            "bad" => drop(s.require::<Msg>().await?),
            _ => s.send(&line).await?,
        }
        Ok(())
    });
    let counters = server.counters();
    let server = std::sync::Arc::new(server);
    for (says, answer) in [("panic\n", 0), ("fail\n", 0), ("bad\n\x02....", 0), ("fine\n", 5), ("half", 0)] {
        let (mut io, theirs) = duplex(64);
        let server = std::sync::Arc::clone(&server);
        let running = tokio::spawn(async move { server.serve_connection(theirs).await });
        io.write_all(says.as_bytes()).await.unwrap();
        io.shutdown().await.unwrap();
        let mut seen = Vec::new();
        io.read_to_end(&mut seen).await.unwrap();
        assert_eq!(seen.len(), answer, "{says}");
        ended(running).await;
    }
    let stats = counters.snapshot();
    assert_eq!((stats.panics, stats.failures, stats.malformed, stats.frames), (1, 1, 2, 4), "{stats:?}");
    assert_eq!(stats.open(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_drain_ends_sessions_between_frames_and_drops_those_that_hang() {
    let (told, mut events) = mpsc::unbounded_channel();
    let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        let _dropped = Dropped(told.clone());
        while let Some(line) = s.recv::<Line>().await? {
            if line.text == "hang" {
                pending::<()>().await;
            }
            s.feed(&line)?;
        }
        assert!(s.is_draining());
        s.send(&Line::new("goodbye")).await?;
        Ok(())
    });
    let server =
        server.limits(Limits::new().drain(Duration::from_secs(5))).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server.serve_until(stopped));
    let (mut quiet, mut hangs) =
        (Session::connect(address).await.unwrap(), Session::connect(address).await.unwrap());
    let _: Line = quiet.call(&Line::new("hi")).await.unwrap();
    hangs.send(&Line::new("hang")).await.unwrap();
    sleep(Duration::from_millis(10)).await;
    let start = Instant::now();
    stop.send(()).unwrap();
    assert_eq!(quiet.require::<Line>().await.unwrap(), Line::new("goodbye"));
    assert!(quiet.recv::<Line>().await.unwrap().is_none());
    assert!(start.elapsed() < Duration::from_secs(2));
    drop(quiet);
    assert!(hangs.recv::<Line>().await.ok().flatten().is_none());
    assert!(start.elapsed() >= Duration::from_secs(5));
    ended(running).await;
    assert_eq!((events.recv().await, events.recv().await), (Some("dropped"), Some("dropped")));
}

#[tokio::test]
async fn an_open_frame_ends_with_the_stream() {
    let (mut io, running) = on_pipe!(Server::sessions(async |mut s: Session| -> Result<(), Close> {
        let _: Line = s.require().await?;
        let rest: Rest = s.require().await?;
        s.send(&Line::new(rest.text)).await?;
        Ok(())
    }));
    io.write_all(b"line\nall the rest").await.unwrap();
    io.shutdown().await.unwrap();
    assert_eq!(read::<Line>(&mut io, 13).await, Line::new("all the rest"));
    ended(running).await;
}

#[tokio::test]
async fn long_frames_are_shared_and_bounded() {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        while let Some(upload) = s.recv::<Upload>().await? {
            s.feed(&Place { row: u32::try_from(upload.body.len())?, seat: 0 })?;
        }
        Ok(())
    });
    let (mut io, running) = on_pipe!(server.limits(Limits::new().frame(300_000)));
    for len in [10, 200_000, 299_996] {
        let upload = Upload { body: vec![7; len].into() };
        io.write_all(&upload.to_vec().unwrap()).await.unwrap();
        assert_eq!(usize::try_from(read::<Place>(&mut io, 6).await.row).unwrap(), len);
    }
    // A longer frame is refused by its announced length, before it arrives.
    io.write_all(&299_997_u32.to_be_bytes()).await.unwrap();
    assert_eq!(io.read(&mut [0; 8]).await.unwrap(), 0);
    ended(running).await;
}

#[tokio::test]
async fn cancelling_loses_nothing() {
    let (ours, mut theirs) = duplex(64);
    let mut s = Session::over(ours, &ClientOptions::new());
    for byte in b"one\ntwo\n" {
        assert!(tokio::time::timeout(Duration::ZERO, s.recv::<Line>()).await.is_err() || *byte == b't');
        theirs.write_u8(*byte).await.unwrap();
        if *byte == b'\n' {
            s.require::<Line>().await.unwrap();
        }
    }
    drop(theirs);
    assert!(s.recv::<Line>().await.unwrap().is_none());
}

#[tokio::test]
async fn a_full_out_buffer_is_an_error_and_a_flush_helps() {
    let (mut io, running) = on_pipe!(
        Server::sessions(async |mut s: Session| -> Result<(), Close> {
            let big = Msg::new(vec![1; 50]);
            let mut fed = 0;
            while s.feed(&big).is_ok() {
                fed += 1;
            }
            assert_eq!(fed, 2);
            s.flush().await?;
            s.feed(&big)?;
            Ok(())
        })
        .limits(Limits::new().out_buffer(100))
    );
    let mut seen = Vec::new();
    io.read_to_end(&mut seen).await.unwrap();
    assert_eq!(seen.len(), 3 * 55);
    drop(io);
    ended(running).await;
}

#[tokio::test(start_paused = true)]
async fn a_session_receives_nothing_while_64_kib_wait() {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        while s.recv::<Place>().await?.is_some() {
            s.feed(&Msg::new(vec![7; 1019]))?;
        }
        Ok(())
    });
    let mut server = server.limits(Limits::new().out_buffer(10 << 20));
    let counters = server.counters();
    let (mut ours, theirs) = duplex(1024);
    let frame = framewright::Encode::to_vec(&Place { row: 1, seat: 2 }).unwrap();
    let frames = frame.repeat(1000);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    // The peer reads nothing, and the connection is closed for that.
    ours.write_all(&frames).await.unwrap();
    running.await.unwrap().unwrap();
    let frames = counters.snapshot().frames;
    // Each reply is 1 KiB, and the pipe holds one.
    assert!((60..=66).contains(&frames), "{frames}");
}
