//! Tests of failures in sessions. Each test also checks that the failure has happened.

use std::future::pending;
use std::io::{Read, Write};
use std::net::TcpStream as Plain;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use framewright::net::{Close, CloseReason, Limits, Serves, Session};
use framewright::prelude::*;
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use crate::frames::{Line, Msg, Place, Upload};

/// Closes a connection by a reset.
fn reset(peer: impl std::os::fd::AsFd) {
    socket2::SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_type_changes_while_a_longer_frame_is_half_read() {
    // The frame announces 300,000 bytes, but only ten of them have arrived.
    let half = Upload { body: vec![7; 300_000].into() }.to_vec().unwrap();
    for way in 0..4 {
        let (ours, mut theirs) = duplex(64 * 1024);
        let mut s = Session::over(ours, &ClientOptions::new());
        theirs.write_all(&half[..10]).await.unwrap();
        let long = async {
            match way {
                0 => s.recv::<Upload>().await.map(drop),
                1 => s.recv::<Borrowed<'_>>().await.map(drop),
                2 => s.recv::<Pair<Upload>>().await.map(drop),
                _ => s.recv_with::<Block, _>(300_000_usize).await.map(drop),
            }
        };
        assert!(timeout(Duration::from_secs(1), long).await.is_err(), "{way}: it waits for the rest");
        // For another type, the same bytes contain a short frame, which is returned at once.
        let place: Place = s.require().await.unwrap();
        assert_eq!(place, Place { row: 300_000, seat: 0x0707 }, "{way}");
        theirs.write_all(b"line\n").await.unwrap();
        let line: Line = s.require().await.unwrap();
        assert_eq!(line.text.as_bytes(), b"\x07\x07\x07\x07line", "{way}");
    }
}

#[tokio::test]
async fn no_byte_of_a_frame_that_takes_several_reads_is_lost() {
    let body: Vec<u8> = (0_u32..50_000).flat_map(u32::to_be_bytes).collect();
    let upload = Upload { body: body.clone().into() };
    let pair = Pair { first: upload.clone(), second: upload.clone() };
    // All bytes have arrived when the first is read, so that no read waits.
    let received = async |bytes: Vec<u8>| {
        let (ours, mut theirs) = duplex(bytes.len());
        theirs.write_all(&bytes).await.unwrap();
        Session::over(ours, &ClientOptions::new())
    };
    let mut s = received(upload.to_vec().unwrap()).await;
    assert!(s.require::<Upload>().await.unwrap() == upload);
    let mut s = received(upload.to_vec().unwrap()).await;
    assert!(s.recv::<Borrowed<'_>>().await.unwrap().unwrap().body == body);
    let mut s = received(pair.to_vec().unwrap()).await;
    assert!(s.require::<Pair<Upload>>().await.unwrap() == pair);
    let mut s = received(body.clone()).await;
    let block = s.recv_with::<Block, _>(body.len()).await.unwrap().unwrap();
    assert!(block.bytes == body);
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Borrowed<'a> {
    #[len_prefixed]
    body: &'a [u8],
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Pair<T> {
    first: T,
    second: T,
}

#[derive(Frame, Debug)]
#[frame(be, ctx(len: usize))]
struct Block {
    #[len(len)]
    bytes: Vec<u8>,
}

/// Reports of a session: `Some` says how its step ended, and `None` that the session has ended.
type Told = mpsc::UnboundedSender<Option<String>>;

struct Over(Told);

impl Drop for Over {
    fn drop(&mut self) {
        let _ = self.0.send(None);
    }
}

/// Starts a server on a free port, and returns its address.
async fn running<S: Serves>(server: Server<S>) -> std::net::SocketAddr {
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    tokio::spawn(server.serve());
    address
}

#[tokio::test]
async fn a_peer_that_is_gone_in_a_body_ends_the_session() {
    for resets in [true, false] {
        let (told, mut events) = mpsc::unbounded_channel();
        let mut server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
            let _over = Over(told.clone());
            let _: Line = s.require().await?;
            let mut body = s.body(1000);
            while let Some(chunk) = body.chunk().await.inspect_err(|error| {
                let _ = told.send(Some(error.to_string()));
            })? {
                told.send(Some(format!("{} bytes", chunk.len())))?;
            }
            Ok(())
        });
        let counters = server.counters();
        let address = running(server).await;
        let mut peer = Plain::connect(address).unwrap();
        peer.write_all(b"put\nonly this").unwrap();
        assert_eq!(events.recv().await.unwrap().as_deref(), Some("9 bytes"));
        if resets {
            reset(&peer);
        } else {
            peer.shutdown(std::net::Shutdown::Write).unwrap();
            let error = events.recv().await.unwrap().unwrap();
            assert!(error.contains("the stream ended within a body"), "{error}");
        }
        drop(peer);
        assert_eq!(events.recv().await.unwrap(), None);
        while counters.snapshot().open() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(counters.snapshot().frames, 1);
    }
}

/// Starts a server that tunnels each session to a host. Returns its address, the host, the reports
/// of the sessions, and the sender that stops the server.
async fn tunnels(
    limits: Limits,
) -> (std::net::SocketAddr, TcpListener, mpsc::UnboundedReceiver<String>, oneshot::Sender<()>) {
    let host = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = host.local_addr().unwrap();
    let (told, events) = mpsc::unbounded_channel();
    let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        let _: Line = s.require().await?;
        s.feed(&Line::new("through"))?;
        let upstream = TcpStream::connect(to).await?;
        let carried = s.tunnel(upstream).await;
        told.send(match &carried {
            Ok((received, sent)) => format!("{received} and {sent}"),
            Err(error) => error.to_string(),
        })?;
        carried?;
        Ok(())
    });
    let server = server.limits(limits).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(server.serve_until(stopped));
    (address, host, events, stop)
}

/// Opens a tunnel, and checks that it carries bytes in both directions. Returns both ends.
async fn tunnel(address: std::net::SocketAddr, host: &TcpListener) -> (TcpStream, TcpStream) {
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"connect\nup").await.unwrap();
    let mut upstream = host.accept().await.unwrap().0;
    let mut up = [0; 2];
    upstream.read_exact(&mut up).await.unwrap();
    upstream.write_all(b"down").await.unwrap();
    let mut down = [0; 12];
    client.read_exact(&mut down).await.unwrap();
    assert_eq!((&up, &down), (b"up", b"through\ndown"));
    (client, upstream)
}

#[tokio::test]
async fn a_reset_on_either_side_ends_a_tunnel() {
    let (address, host, mut events, _stop) = tunnels(Limits::new()).await;
    for client_resets in [true, false] {
        let (client, upstream) = tunnel(address, &host).await;
        let (gone, mut left) = if client_resets { (client, upstream) } else { (upstream, client) };
        reset(&gone);
        drop(gone);
        // The stream ends or is reset, but does not hang.
        let end = timeout(Duration::from_secs(10), left.read(&mut [0; 8])).await.unwrap();
        assert!(matches!(end, Ok(0) | Err(_)));
        let told = events.recv().await.unwrap();
        assert!(told.starts_with("the tunnel broke after 2 bytes received and 4 sent: "), "{told}");
    }
}

/// Waits until the drain has begun. From then on, the server accepts no connections.
async fn drain_has_begun(address: std::net::SocketAddr) {
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

/// Waits longer than a drain waits for a silent session.
async fn longer_than_quiet() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_millis(200)).await;
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    tokio::time::resume();
}

#[tokio::test]
async fn a_drain_lets_a_body_and_a_tunnel_come_to_their_end() {
    let (told, mut events) = mpsc::unbounded_channel();
    let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        let _: Line = s.require().await?;
        let mut body = s.body(8);
        let mut len = 0;
        while let Some(chunk) = body.chunk().await? {
            len += chunk.len();
            told.send(())?;
        }
        let last = if s.is_draining() { "in the drain" } else { "before it" };
        s.send(&Line::new(format!("{len} bytes {last}"))).await?;
        Ok(())
    });
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let mut peer = TcpStream::connect(address).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(server.serve_until(stopped));
    peer.write_all(b"put\nhalf").await.unwrap();
    events.recv().await.unwrap();
    stop.send(()).unwrap();
    drain_has_begun(address).await;
    longer_than_quiet().await;
    peer.write_all(b" and").await.unwrap();
    let mut seen = String::new();
    peer.read_to_string(&mut seen).await.unwrap();
    assert_eq!(seen, "8 bytes in the drain\n");
    serving.await.unwrap().unwrap();

    let (address, host, mut events, stop) = tunnels(Limits::new()).await;
    let (mut client, mut upstream) = tunnel(address, &host).await;
    stop.send(()).unwrap();
    drain_has_begun(address).await;
    client.write_all(b"still").await.unwrap();
    let mut seen = [0; 5];
    upstream.read_exact(&mut seen).await.unwrap();
    drop((client, upstream));
    assert_eq!(events.recv().await.unwrap(), "7 and 4");
}

#[tokio::test]
async fn a_drain_lets_a_body_go_out_whole_and_a_last_word_behind_it() {
    let (mut source, reader) = duplex(64);
    let reader = Arc::new(Mutex::new(Some(reader)));
    let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        let _: Line = s.require().await?;
        let reader = reader.lock().unwrap().take().ok_or("twice")?;
        s.send_body(8, reader).await?;
        let last = if s.is_draining() { "in the drain" } else { "before it" };
        s.send(&Line::new(last)).await?;
        Ok(())
    });
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let mut peer = TcpStream::connect(address).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(server.serve_until(stopped));
    peer.write_all(b"get\n").await.unwrap();
    source.write_all(b"half").await.unwrap();
    let mut half = [0; 4];
    peer.read_exact(&mut half).await.unwrap();
    stop.send(()).unwrap();
    drain_has_begun(address).await;
    longer_than_quiet().await;
    source.write_all(b" and").await.unwrap();
    let mut seen = String::new();
    peer.read_to_string(&mut seen).await.unwrap();
    assert_eq!(seen, " andin the drain\n");
    serving.await.unwrap().unwrap();
}

/// Answers lines, and sends a last line when the connection ends.
struct LastWord;

impl Handler for LastWord {
    type In<'a> = Line;
    type Out = Line;
    type State = ();

    async fn open(&self, _: &mut Conn<Line>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame(&self, conn: &mut Conn<Line>, (): &mut (), line: Line) -> Result<(), Close> {
        Ok(conn.send(line)?)
    }

    fn ending(&self, conn: &mut Conn<Line>, (): &mut (), why: &CloseReason) {
        let _ = conn.send(Line::new(format!("last word: {why}")));
    }
}

#[tokio::test]
async fn a_session_that_has_become_a_handler_has_a_last_word_in_a_drain() {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        let line: Line = s.require().await?;
        s.feed(&line)?;
        s.serve(LastWord).await
    });
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let mut peer = TcpStream::connect(address).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(server.serve_until(stopped));
    peer.write_all(b"to the session\nto the handler\n").await.unwrap();
    let mut seen = [0; 30];
    peer.read_exact(&mut seen).await.unwrap();
    assert_eq!(&seen, b"to the session\nto the handler\n");
    stop.send(()).unwrap();
    let mut seen = String::new();
    peer.read_to_string(&mut seen).await.unwrap();
    assert_eq!(seen, format!("last word: {}\n", CloseReason::Drain));
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_peer_that_is_gone_ends_a_session_that_sends_a_body() {
    for source_waits in [true, false] {
        let (told, mut events) = mpsc::unbounded_channel();
        let mut server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
            let _over = Over(told.clone());
            let _: Line = s.require().await?;
            told.send(Some("sends".to_owned()))?;
            if source_waits {
                let (_never, source) = duplex(8);
                s.send_body(1 << 40, source).await?;
            } else {
                s.send_body(1 << 40, tokio::io::repeat(7)).await?;
            }
            told.send(Some("all is sent".to_owned()))?;
            Ok(())
        });
        let counters = server.counters();
        let address = running(server).await;
        let mut peer = Plain::connect(address).unwrap();
        peer.write_all(b"get\n").unwrap();
        assert_eq!(events.recv().await.unwrap().as_deref(), Some("sends"));
        if !source_waits {
            // The peer has read a part of the body, so the body is being sent. The rest of it
            // exceeds the buffers.
            let mut some = TcpStream::from_std({
                let peer = peer.try_clone().unwrap();
                peer.set_nonblocking(true).unwrap();
                peer
            })
            .unwrap();
            some.read_exact(&mut [0; 1000]).await.unwrap();
        }
        reset(&peer);
        drop(peer);
        assert_eq!(events.recv().await.unwrap(), None);
        while counters.snapshot().open() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(counters.snapshot().frames, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_trickled_head_is_too_slow() {
    let (told, mut events) = mpsc::unbounded_channel();
    let mut server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        let _over = Over(told.clone());
        let _: Line = s.require().await?;
        let _: Line = s.require().await?;
        told.send(Some("all of it is here".to_owned()))?;
        Ok(())
    })
    .limits(Limits::new().frame_time(Duration::from_secs(10)));
    let counters = server.counters();
    let (ours, theirs) = duplex(64);
    let serving = tokio::spawn(async move { server.serve_connection(theirs).await });
    let (mut read, mut write) = tokio::io::split(ours);
    write.write_all(b"first\n").await.unwrap();
    let start = Instant::now();
    let trickling = tokio::spawn(async move {
        let mut bytes = 0;
        while write.write_all(b"x").await.is_ok() {
            bytes += 1;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        bytes
    });
    assert_eq!(read.read(&mut [0; 8]).await.unwrap(), 0);
    assert_eq!(start.elapsed().as_secs(), 10);
    assert_eq!(events.recv().await.unwrap(), None);
    drop(read);
    trickling.abort();
    serving.await.unwrap().unwrap();
    let stats = counters.snapshot();
    assert_eq!((stats.timeouts, stats.frames), (1, 1));
}

#[tokio::test]
async fn a_body_that_claims_to_be_endless_takes_bounded_memory() {
    let (ours, theirs) = duplex(64 * 1024);
    let mut s = Session::over(ours, &ClientOptions::new());
    let sending = tokio::spawn(async move {
        let mut theirs = theirs;
        for _ in 0..100 {
            theirs.write_all(&[7; 10_000]).await.unwrap();
        }
    });
    let mut body = s.body(1 << 63);
    let (mut sum, mut most) = (0, 0);
    let error = loop {
        match body.chunk().await {
            Ok(Some(chunk)) => {
                sum += chunk.len();
                most = most.max(chunk.len());
            }
            Ok(None) => panic!("2^63 bytes are not here"),
            Err(error) => break error.to_string(),
        }
    };
    assert_eq!(sum, 1_000_000);
    assert!(most <= 128 * 1024, "{most}");
    assert!(error.contains("the stream ended within a body"), "{error}");
    sending.await.unwrap();
}

#[tokio::test]
async fn the_end_of_a_drain_closes_a_tunnel() {
    let (address, host, mut events, stop) = tunnels(Limits::new().drain(Duration::from_millis(300))).await;
    let (mut client, mut upstream) = tunnel(address, &host).await;
    let start = Instant::now();
    stop.send(()).unwrap();
    for end in [&mut client, &mut upstream] {
        let read = timeout(Duration::from_secs(10), end.read(&mut [0; 8])).await.unwrap();
        assert!(matches!(read, Ok(0) | Err(_)));
    }
    assert!(start.elapsed() >= Duration::from_millis(300));
    // The session was dropped while it was waiting.
    assert_eq!(events.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_push_goes_out_in_whatever_step_a_session_waits() {
    for step in ["timer", "frame", "body", "tunnel"] {
        let (ours, theirs) = duplex(64 * 1024);
        let (told, peers) = oneshot::channel();
        let told = Arc::new(Mutex::new(Some(told)));
        let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
            let _ = told.lock().unwrap().take().ok_or("twice")?.send(s.handle::<Line>());
            match step {
                "timer" => tokio::time::sleep(Duration::from_secs(3)).await,
                "frame" => drop(s.recv::<Msg>().await?),
                "body" => drop(s.body(10).chunk().await?),
                _ => {
                    s.tunnel(duplex(8).0).await?;
                }
            }
            Ok(())
        });
        let serving = tokio::spawn(async move { server.serve_connection(theirs).await });
        let peer = peers.await.unwrap();
        let (mut read, write) = tokio::io::split(ours);
        if step == "tunnel" {
            // Once the tunnel is open, frames can no longer be pushed.
            while !peer.is_closed() {
                tokio::task::yield_now().await;
            }
            assert!(matches!(peer.send(Line::new("pushed")).await, Err(Error::Closed)));
        } else {
            peer.send(Line::new("pushed")).await.unwrap();
            let mut seen = [0; 7];
            read.read_exact(&mut seen).await.unwrap();
            assert_eq!(&seen, b"pushed\n", "{step}");
        }
        drop((read, write));
        serving.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_closure_that_never_returns_is_dropped_at_the_end_of_the_drain() {
    let (told, mut events) = mpsc::unbounded_channel();
    let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        let _over = Over(told.clone());
        let _: Line = s.require().await?;
        told.send(Some("hangs".to_owned()))?;
        pending().await
    });
    let server =
        server.limits(Limits::new().drain(Duration::from_millis(50))).bind("127.0.0.1:0").await.unwrap();
    let mut peer = Plain::connect(server.local_addr()).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(server.serve_until(stopped));
    peer.write_all(b"hang\n").unwrap();
    assert_eq!(events.recv().await.unwrap().as_deref(), Some("hangs"));
    stop.send(()).unwrap();
    assert_eq!(events.recv().await.unwrap(), None);
    serving.await.unwrap().unwrap();
    assert!(matches!(peer.read(&mut [0; 8]), Ok(0) | Err(_)));
}
