//! Tests of the limits other than time limits, and of the limits on bodies and on draining. Each
//! limit is tested alone, and with each of the other limits switched off.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use framewright::net::{Close, CloseReason, Conn, Conversation, Handler, Limits, Server, Session};
use framewright::{ClientOptions, Error, blocking};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use crate::frames::Msg;
use crate::limits::{each_off, pipe, wire};
use crate::recorder::{Recorder, Seen, closed, opened};

#[tokio::test(start_paused = true)]
async fn the_size_of_a_frame_is_limited() {
    for (off, limits) in each_off(&["frame"]) {
        let (handler, mut events) = Recorder::new();
        let mut pipe = pipe(handler, limits.frame(1000), 64);
        pipe.write_all(&wire(&[7; 995])).await.unwrap();
        pipe.read_exact(&mut [0; 1000]).await.unwrap();
        // The server refuses the frame without waiting for the rest of it.
        pipe.write_all(&wire(&[7; 996])[..5]).await.unwrap();
        let why = closed(&mut events).await;
        assert!(
            matches!(&why, CloseReason::Malformed(error) if error.to_string().contains("1000")),
            "{off}: {why}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_memory_of_a_frame_is_limited() {
    for (off, limits) in each_off(&["decoded"]) {
        let mut server = Server::new(async |msg: Msg| msg).limits(limits.decoded(1000));
        let counters = server.counters();
        let (mut ours, theirs) = tokio::io::duplex(8192);
        let serving = tokio::spawn(async move { server.serve_connection(theirs).await });
        ours.write_all(&wire(&[7; 900])).await.unwrap();
        ours.read_exact(&mut [0; 905]).await.unwrap();
        ours.write_all(&wire(&[7; 1100])).await.unwrap();
        assert_eq!(ours.read(&mut [0; 10]).await.unwrap(), 0, "{off}");
        serving.await.unwrap().unwrap();
        assert_eq!(counters.snapshot().malformed, 1, "{off}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_out_buffer_is_limited() {
    for (off, limits) in each_off(&["out_buffer"]) {
        let (handler, mut events) = Recorder::new();
        let _pipe = pipe(handler, limits.out_buffer(1000), 64);
        let peer = opened(&mut events).await;
        let mut taken = 0;
        while taken < 5000 && peer.try_send(Msg::new([7; 95])).is_ok() {
            taken += 100;
            tokio::task::yield_now().await;
        }
        assert!((900..=1100).contains(&taken), "{off}: {taken}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_memory_of_all_connections_is_limited() {
    for (off, limits) in each_off(&["memory"]) {
        let (handler, mut events) = Recorder::new();
        let mut pipe = pipe(handler, limits.memory(20 * 1024), 64 * 1024);
        pipe.write_all(&wire(&[7; 60 * 1024])[..30 * 1024]).await.unwrap();
        let why = closed(&mut events).await;
        assert!(matches!(why, CloseReason::Memory), "{off}: {why}");
    }
}

#[tokio::test(start_paused = true)]
async fn connections_are_limited() {
    for (off, limits) in each_off(&["connections"]) {
        let (handler, mut events) = Recorder::new();
        let mut server = Server::new(handler).limits(limits.connections(2));
        let counters = server.counters();
        let server = Arc::new(server);
        let connect = || -> DuplexStream {
            let (ours, theirs) = tokio::io::duplex(64);
            let server = Arc::clone(&server);
            tokio::spawn(async move { server.serve_connection(theirs).await });
            ours
        };
        let (_one, _two) = (connect(), connect());
        opened(&mut events).await;
        opened(&mut events).await;
        let mut three = connect();
        assert_eq!(three.read(&mut [0; 1]).await.unwrap_or(0), 0, "{off}");
        assert_eq!(counters.snapshot().open(), 2, "{off}");
    }
}

#[tokio::test]
async fn the_connections_of_an_address_are_limited() {
    for (off, limits) in each_off(&[]) {
        let (handler, mut events) = Recorder::new();
        let mut server = Server::new(handler).limits(limits.per_address(1));
        let counters = server.counters();
        let server = server.bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr();
        tokio::spawn(server.serve());
        let _first = TcpStream::connect(address).await.unwrap();
        opened(&mut events).await;
        let mut second = TcpStream::connect(address).await.unwrap();
        assert_eq!(second.read(&mut [0; 1]).await.unwrap_or(0), 0, "{off}");
        assert_eq!(counters.snapshot().refused, 1, "{off}");
    }
}

#[tokio::test]
async fn the_duration_of_a_drain_is_limited() {
    for (off, limits) in each_off(&["drain"]) {
        let (handler, mut events) = Recorder::new();
        let server = Server::new(handler).limits(limits.drain(Duration::from_millis(50)));
        let server = server.bind("127.0.0.1:0").await.unwrap();
        let mut peer = TcpStream::connect(server.local_addr()).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(server.serve_until(stopped));
        peer.write_all(&wire(b"hang")).await.unwrap();
        while !matches!(events.recv().await, Some(Seen::Frame)) {}
        stop.send(()).unwrap();
        serving.await.unwrap().unwrap();
        let why = closed(&mut events).await;
        assert!(matches!(why, CloseReason::Drain), "{off}: {why}");
    }
}

/// Sends a body at a rate of `each_second` bytes per second to a session that reads it. Returns the
/// duration in seconds, and the number of connections that timed out.
async fn upload(limits: Limits, each_second: usize) -> (u64, u64) {
    let mut server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        let mut body = s.body(200 * 1024);
        while body.chunk().await?.is_some() {}
        Ok(())
    })
    .limits(limits);
    let counters = server.counters();
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let sending = tokio::spawn(async move {
        let mut ours = ours;
        while ours.write_all(&vec![7; each_second]).await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    });
    let start = Instant::now();
    server.serve_connection(theirs).await.unwrap();
    sending.abort();
    (start.elapsed().as_secs(), counters.snapshot().timeouts)
}

#[tokio::test(start_paused = true)]
async fn a_body_has_a_least_pace() {
    for (off, limits) in each_off(&["slow_sender"]) {
        // The limit is ten seconds. After that, the connection has one second to close.
        assert_eq!(upload(limits.clone(), 1000).await, (11, 1), "{off}");
        // 16 KiB in ten seconds are enough, however long the body takes.
        let (seconds, timeouts) = upload(limits, 2000).await;
        assert_eq!(timeouts, 0, "{off}");
        assert!(seconds > 90, "{off}: {seconds}");
    }
}

/// Serves a connection whose peer sends one frame and reads nothing. Returns the duration in
/// seconds, and the number of connections that timed out.
async fn neglected<M: 'static>(conversation: impl Conversation<M>, limits: Limits) -> (u64, u64) {
    let mut server = Server::sessions(conversation).limits(limits);
    let counters = server.counters();
    let (mut ours, theirs) = tokio::io::duplex(1000);
    ours.write_all(&wire(b"go")).await.unwrap();
    let start = Instant::now();
    let serving = timeout(Duration::from_secs(1000), server.serve_connection(theirs));
    serving.await.expect("the connection has no limit").unwrap();
    (start.elapsed().as_secs(), counters.snapshot().timeouts)
}

/// Sends more than a pipe holds, and then flushes or closes.
struct Sends {
    flushes: bool,
}

impl Handler for Sends {
    type In<'a> = Msg;
    type Out = Msg;
    type State = ();

    async fn open(&self, _: &mut Conn<Msg>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame(&self, conn: &mut Conn<Msg>, (): &mut (), _: Msg) -> Result<(), Close> {
        conn.send(Msg::new(vec![7; 200_000]))?;
        match self.flushes {
            true => conn.flush().await?,
            false => conn.close(),
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn the_idle_limit_holds_alone() {
    let limits = || Limits::new().slow_reader(None).slow_sender(None).idle(Duration::from_secs(5));
    // After the limit, the connection has one second to close.
    let body = async |mut s: Session| -> Result<(), Close> {
        while s.body(100).chunk().await?.is_some() {}
        Ok(())
    };
    assert_eq!(neglected(body, limits()).await, (6, 1), "a body");
    let send = async |mut s: Session| -> Result<(), Close> {
        let _: Msg = s.require().await?;
        Ok(s.send(&Msg::new(vec![7; 200_000])).await?)
    };
    assert_eq!(neglected(send, limits()).await, (6, 1), "`Session::send`");
    let handled = |flushes| async move |s: Session| -> Result<(), Close> { s.serve(Sends { flushes }).await };
    assert_eq!(neglected(handled(true), limits()).await, (6, 1), "`Conn::flush`");
    // The reason of the end is the handler's `close`, and only the flush ends by the limit.
    assert_eq!(neglected(handled(false), limits()).await, (5, 0), "the last flush");
    let tunnel = async |s: Session| -> Result<(), Close> {
        let (_far, near) = tokio::io::duplex(1000);
        s.tunnel(near).await?;
        Ok(())
    };
    assert_eq!(neglected(tunnel, limits()).await, (5, 1), "`Session::tunnel`");
}

#[tokio::test(start_paused = true)]
async fn the_peer_of_a_tunnel_must_read() {
    for (off, limits) in each_off(&["slow_reader"]) {
        let tunnel = async |s: Session| -> Result<(), Close> {
            let (near, mut far) = tokio::io::duplex(1000);
            let sending = tokio::spawn(async move { while far.write_all(&[7; 1000]).await.is_ok() {} });
            s.tunnel(near).await?;
            Ok(sending.await?)
        };
        assert_eq!(neglected(tunnel, limits).await, (10, 1), "{off}");
    }
}

#[test]
fn a_blocking_call_ends_in_time_whatever_the_peer_does() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let options = ClientOptions::new().request_timeout(Duration::from_millis(200));
    let connect =
        || blocking::Client::<Msg>::connect_with(listener.local_addr().unwrap(), options.clone()).unwrap();
    // The server reads nothing, and the client sends far more than the system can buffer.
    let mut client = connect();
    let (silent, _) = listener.accept().unwrap();
    let error = client.call(&Msg::new(vec![7; 64 << 20])).unwrap_err();
    assert!(matches!(error, Error::Timeout("the request could not be sent")), "{error}");
    drop(silent);
    // The server reads everything, and sends nothing.
    let mut client = connect();
    let (mut silent, _) = listener.accept().unwrap();
    let taking = std::thread::spawn(move || silent.read_exact(&mut [0; 7]).map(|()| silent));
    let error = client.call(&Msg::new("hi")).unwrap_err();
    assert!(matches!(error, Error::Timeout("no reply to the request")), "{error}");
    drop(taking.join().unwrap().unwrap());
}
