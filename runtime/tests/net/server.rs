//! Tests of the server over loopback, with plain sockets.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use framewright::net::{
    Close, CloseReason, Conn, Handler, Limits, Malformed, Server, TrySendError, per_core,
};
use framewright::{DecodeError, Encode, Error};
use tokio::sync::oneshot;

use crate::frames::{Line, Msg, Rest};
use crate::logs::Log;
use crate::peer::{Raw, Running, blocking};
use crate::recorder::{Recorder, Seen, closed, opened};

fn wire(body: &str) -> Vec<u8> {
    Msg::new(body).to_vec().unwrap()
}

#[tokio::test]
async fn replies_come_in_order() {
    let (handler, mut events) = Recorder::new();
    let server = Running::start(handler).await;
    let address = server.address;
    blocking(move || {
        let mut raw = Raw::connect(address);
        let all: Vec<u8> = (0..5000).flat_map(|index| wire(&format!("frame {index}"))).collect();
        let mut sender = Raw(raw.0.try_clone().unwrap());
        let expected = all.clone();
        let sending = std::thread::spawn(move || sender.send(&all));
        assert_eq!(raw.recv(expected.len()), expected);
        sending.join().unwrap();
    })
    .await;
    assert!(matches!(closed(&mut events).await, CloseReason::Eof));
    server.stop().await;
}

#[tokio::test]
async fn all_replies_arrive_after_a_half_close() {
    let (handler, mut events) = Recorder::new();
    let server = Running::start(handler).await;
    let address = server.address;
    let replies = blocking(move || {
        let mut raw = Raw::connect(address);
        raw.send(&[wire("a"), wire("b"), wire("c")].concat());
        raw.finish();
        raw.recv_all()
    })
    .await;
    assert_eq!(replies, [wire("a"), wire("b"), wire("c")].concat());
    assert!(matches!(closed(&mut events).await, CloseReason::Eof));
}

#[tokio::test]
async fn malformed_input_closes_that_connection_only() {
    let (handler, mut events) = Recorder::new();
    let server = Running::start(handler).await;
    let address = server.address;
    let mut other = blocking(move || {
        let other = Raw::connect(address);
        let mut raw = Raw::connect(address);
        raw.send(&[wire("good"), vec![9, 9, 9, 9, 9, 9]].concat());
        assert_eq!(raw.recv_all(), wire("good"), "what came before is answered");
        other
    })
    .await;
    let CloseReason::Malformed(error) = closed(&mut events).await else { panic!() };
    assert_eq!((error.path().as_str(), error.offset()), ("MsgRef.urgent", 0));
    blocking(move || {
        other.send(&wire("still here"));
        assert_eq!(other.recv(wire("still here").len()), wire("still here"));
    })
    .await;
}

#[tokio::test]
async fn a_cut_frame_is_malformed() {
    let (handler, mut events) = Recorder::new();
    let server = Running::start(handler).await;
    let address = server.address;
    blocking(move || Raw::connect(address).send(&wire("hello")[..7])).await;
    let CloseReason::Malformed(error) = closed(&mut events).await else { panic!() };
    assert!(error.is_short());
}

#[tokio::test]
async fn a_reset_is_reported_once() {
    let (handler, mut events) = Recorder::new();
    let server = Running::start(handler).await;
    let address = server.address;
    blocking(move || {
        let mut raw = Raw::connect(address);
        raw.send(&wire("hello")[..7]);
        // Closing with a linger time of zero sends a reset.
        socket2::SockRef::from(&raw.0).set_linger(Some(Duration::ZERO)).unwrap();
    })
    .await;
    assert!(matches!(closed(&mut events).await, CloseReason::Io(_)));
    server.stop().await;
    assert!(events.recv().await.is_none(), "told once");
}

#[tokio::test]
async fn a_panic_closes_that_connection_only() {
    let (handler, mut events) = Recorder::new();
    let server = Running::start(handler).await;
    let address = server.address;
    blocking(move || {
        let mut raw = Raw::connect(address);
        raw.send(&[wire("a"), wire("panic"), wire("b")].concat());
        assert_eq!(raw.recv_all(), wire("a"), "what came before is answered");
    })
    .await;
    assert!(matches!(closed(&mut events).await, CloseReason::Panic));
    blocking(move || {
        let mut raw = Raw::connect(address);
        raw.send(&wire("b"));
        assert_eq!(raw.recv(wire("b").len()), wire("b"));
    })
    .await;
}

#[tokio::test]
async fn a_handler_closes_after_its_replies() {
    for (request, reply) in [("close", wire("closing")), ("bye", vec![]), ("fail", vec![])] {
        let (handler, mut events) = Recorder::new();
        let server = Running::start(handler).await;
        let address = server.address;
        let replies = blocking(move || {
            let mut raw = Raw::connect(address);
            raw.send(&[wire("a"), wire(request), wire("b")].concat());
            raw.recv_all()
        })
        .await;
        assert_eq!(replies, [wire("a"), reply].concat(), "{request}");
        let CloseReason::Handler(close) = closed(&mut events).await else { panic!() };
        assert_eq!(close.error().is_some(), request == "fail");
        server.stop().await;
    }
}

#[tokio::test]
async fn a_waiting_handler_holds_nothing_back() {
    let (handler, mut events) = Recorder::new();
    let go_on = std::sync::Arc::clone(&handler.go_on);
    let server = Running::start(handler).await;
    let address = server.address;
    let mut raw = blocking(move || {
        let mut raw = Raw::connect(address);
        raw.send(&[wire("a"), wire("wait"), wire("b")].concat());
        let expected = [wire("a"), wire("waiting")].concat();
        assert_eq!(raw.recv(expected.len()), expected);
        raw
    })
    .await;
    go_on.notify_one();
    let expected = [wire("waited"), wire("b")].concat();
    let len = expected.len();
    assert_eq!(blocking(move || raw.recv(len)).await, expected);
    assert!(matches!(closed(&mut events).await, CloseReason::Eof));
}

#[tokio::test]
async fn handles_push_from_anywhere() {
    let (handler, mut events) = Recorder::new();
    let server = Running::start(handler).await;
    let address = server.address;
    let mut raw = blocking(move || Raw::connect(address)).await;
    let peer = opened(&mut events).await;
    assert_eq!(peer.peer_addr(), raw.0.local_addr().unwrap());
    peer.try_send(Msg::new("pushed")).unwrap();
    peer.send(&Msg::new("again")).await.unwrap();
    let raw = blocking(move || {
        assert_eq!(raw.recv(21), [wire("pushed"), wire("again")].concat());
        raw
    })
    .await;
    drop(raw);
    closed(&mut events).await;
    assert!(
        matches!(peer.try_send(Msg::new("late")), Err(TrySendError::Closed(frame)) if frame.body == b"late")
    );
    assert!(matches!(peer.send(Msg::new("late")).await, Err(Error::Closed)));
}

#[tokio::test]
async fn a_handle_closes_after_what_it_sent() {
    let (handler, mut events) = Recorder::new();
    let server = Running::start(handler).await;
    let address = server.address;
    let mut raw = blocking(move || Raw::connect(address)).await;
    let peer = opened(&mut events).await;
    peer.try_send(Msg::new("last")).unwrap();
    peer.close();
    assert_eq!(blocking(move || raw.recv_all()).await, wire("last"));
    assert!(matches!(closed(&mut events).await, CloseReason::Handler(_)));
}

#[tokio::test]
async fn connections_beyond_the_limit_are_refused() {
    let (handler, mut events) = Recorder::new();
    let server = Running::with(handler, Limits::new().connections(1)).await;
    let address = server.address;
    let first = blocking(move || {
        let mut first = Raw::connect(address);
        first.send(&wire("a"));
        first.recv(6);
        assert_eq!(Raw::connect(address).recv_all(), b"", "refused at once");
        first
    })
    .await;
    drop(first);
    closed(&mut events).await;
    // The slot of the connection becomes free a moment after `closed`.
    blocking(move || {
        loop {
            let mut raw = Raw::connect(address);
            if std::io::Write::write_all(&mut raw.0, &wire("b")).is_ok() {
                let mut byte = [0];
                if std::io::Read::read_exact(&mut raw.0, &mut byte).is_ok() {
                    break;
                }
            }
        }
    })
    .await;
}

/// A handler that greets, and then answers each read.
struct Greeter;

impl Handler for Greeter {
    type In<'a> = Rest;
    type Out = Rest;
    type State = ();

    async fn open(&self, conn: &mut Conn<Rest>) -> Result<(), Close> {
        Ok(conn.send(Rest::new("Welcome!"))?)
    }

    async fn frame<'a>(&'a self, conn: &'a mut Conn<Rest>, (): &'a mut (), name: Rest) -> Result<(), Close> {
        if name.text == "exit" {
            return Err(Close::new());
        }
        conn.send(Rest::new(format!("Hello, {}!", name.text)))?;
        Ok(())
    }
}

#[tokio::test]
async fn each_read_is_one_message() {
    let server = Server::new(Greeter).per_read().bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(server.serve_until(stopped));
    blocking(move || {
        let mut raw = Raw::connect(address);
        assert_eq!(raw.recv(8), b"Welcome!");
        raw.send(b"Ada");
        assert_eq!(raw.recv(11), b"Hello, Ada!");
        raw.send(b"exit");
        assert_eq!(raw.recv_all(), b"");
    })
    .await;
    drop(stop);
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_open_frame_ends_with_the_stream() {
    let server = Running::start(async |rest: Rest| Rest::new(format!("{}!", rest.text))).await;
    let address = server.address;
    blocking(move || {
        let mut raw = Raw::connect(address);
        raw.send(b"all of ");
        raw.send(b"it");
        raw.finish();
        assert_eq!(raw.recv_all(), b"all of it!");
    })
    .await;
}

/// A handler that answers a malformed line, and continues.
struct Lenient;

impl Handler for Lenient {
    type In<'a> = Line;
    type Out = Line;
    type State = ();

    async fn open(&self, _: &mut Conn<Line>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame<'a>(&'a self, conn: &'a mut Conn<Line>, (): &'a mut (), line: Line) -> Result<(), Close> {
        Ok(conn.send(line)?)
    }

    fn malformed(&self, _: &mut Conn<Line>, (): &mut (), error: &DecodeError) -> Malformed<Line> {
        Malformed::Reply(Line::new(error.path()))
    }
}

#[tokio::test]
async fn a_malformed_frame_with_a_known_end_is_answered() {
    let server = Running::start(Lenient).await;
    let address = server.address;
    blocking(move || {
        let mut raw = Raw::connect(address);
        raw.send(b"one\n\xff\xff\ntwo\n");
        raw.finish();
        assert_eq!(raw.recv_all(), b"one\nLine.text\ntwo\n");
    })
    .await;
}

#[tokio::test]
async fn a_long_claim_is_refused() {
    let (handler, mut events) = Recorder::new();
    let server = Running::with(handler, Limits::new().frame(1000)).await;
    let address = server.address;
    blocking(move || {
        let mut raw = Raw::connect(address);
        raw.send(&[0, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(raw.recv_all(), b"");
    })
    .await;
    let CloseReason::Malformed(error) = closed(&mut events).await else { panic!() };
    assert_eq!(error.path(), "MsgRef.body");
}

#[tokio::test]
async fn draining_answers_what_has_arrived() {
    let (handler, mut events) = Recorder::new();
    let go_on = std::sync::Arc::clone(&handler.go_on);
    let server = Running::start(handler).await;
    let address = server.address;
    let mut raw = blocking(move || {
        let mut raw = Raw::connect(address);
        raw.send(&[wire("wait"), wire("after")].concat());
        assert_eq!(raw.recv(12), wire("waiting"));
        raw
    })
    .await;
    let stopping = tokio::spawn(server.stop());
    blocking(move || {
        while std::net::TcpStream::connect(address).is_ok() {
            std::thread::yield_now();
        }
    })
    .await;
    go_on.notify_one();
    let rest = blocking(move || raw.recv_all()).await;
    assert_eq!(rest, [wire("waited"), wire("after")].concat());
    // The loop above also opens connections, and some of them may have been accepted. Their ends are
    // reported too, and are skipped here.
    while !matches!(closed(&mut events).await, CloseReason::Drain) {}
    stopping.await.unwrap();
}

#[tokio::test]
async fn a_hanging_handler_ends_with_the_drain() {
    let (handler, mut events) = Recorder::new();
    let server = Running::with(handler, Limits::new().drain(Duration::from_millis(50))).await;
    let address = server.address;
    let raw = blocking(move || {
        let mut raw = Raw::connect(address);
        raw.send(&wire("hang"));
        raw
    })
    .await;
    while !matches!(events.recv().await.unwrap(), Seen::Frame) {}
    server.stop().await;
    assert!(matches!(closed(&mut events).await, CloseReason::Drain));
    drop(raw);
}

#[tokio::test]
async fn the_error_of_an_unusable_address_names_it_and_the_reason() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = Server::new(async |line: Line| line).bind(address).await.unwrap_err();
    assert!(matches!(error, Error::Bind { .. }));
    assert!(error.to_string().contains(&address.to_string()), "{error}");
    assert!(error.to_string().contains("another program"), "{error}");

    let error = framewright::serve("nonsense", async |line: Line| line).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot listen on nonsense: "), "{error}");

    let error = framewright::serve("192.0.2.1:80", async |line: Line| line).await.unwrap_err();
    assert!(error.to_string().contains("192.0.2.1:80"), "{error}");
}

#[tokio::test]
async fn existing_listeners_can_be_used() {
    let std = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let tokio = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let echo = async |line: Line| line;
    let servers = [Server::new(echo).listener(std).unwrap(), Server::new(echo).listener(tokio).unwrap()];
    for server in servers {
        let address: SocketAddr = server.local_addr();
        let task = tokio::spawn(server.serve());
        blocking(move || {
            let mut raw = Raw::connect(address);
            raw.send(b"hi\n");
            assert_eq!(raw.recv(3), b"hi\n");
        })
        .await;
        task.abort();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn workers_share_a_port() {
    let first = Server::new(async |line: Line| line).reuse_port().bind("127.0.0.1:0").await.unwrap();
    let address = first.local_addr();
    let second = Server::new(async |line: Line| line).reuse_port().bind(address).await.unwrap();
    assert_eq!(second.local_addr(), address);
    assert!(Server::new(async |line: Line| line).bind(address).await.is_err(), "only with those who agree");
    let tasks = [tokio::spawn(first.serve()), tokio::spawn(second.serve())];
    blocking(move || {
        for _ in 0..20 {
            let mut raw = Raw::connect(address);
            raw.send(b"hi\n");
            assert_eq!(raw.recv(3), b"hi\n");
        }
    })
    .await;
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
}

#[cfg(unix)]
#[test]
fn each_core_has_its_own_runtime() {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    // Reserves a shared port without listening on it.
    let held = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    held.set_reuse_port(true).unwrap();
    held.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let address = held.local_addr().unwrap().as_socket().unwrap();
    let cores = std::thread::available_parallelism().unwrap().get();
    let listening = AtomicUsize::new(0);
    let error = std::thread::scope(|threads| {
        let serving = threads.spawn(|| {
            per_core(async |core| {
                let failed = std::sync::Arc::new(tokio::sync::Notify::new());
                let fails = std::sync::Arc::clone(&failed);
                let server = Server::new(async move |line: Line| {
                    if line.text == "fail" {
                        fails.notify_one();
                    }
                    Line::new(format!("core {core:03}"))
                });
                let server = server.reuse_port().bind(address).await?;
                listening.fetch_add(1, SeqCst);
                server.serve_until(failed.notified()).await?;
                Err(Error::Timeout("a core has failed"))
            })
        });
        while listening.load(SeqCst) < cores {
            std::thread::yield_now();
        }
        // The system distributes the connections arbitrarily, so the loop ends only when each core
        // has answered.
        let mut seen = std::collections::BTreeSet::new();
        while seen.len() < cores {
            let mut raw = Raw::connect(address);
            raw.send(b"which\n");
            seen.insert(raw.recv(9));
        }
        let all = (0..cores).map(|core| format!("core {core:03}\n").into_bytes());
        assert!(seen.into_iter().eq(all));
        // If one core fails, all cores end.
        let mut raw = Raw::connect(address);
        raw.send(b"fail\n");
        serving.join().unwrap().unwrap_err()
    });
    assert!(error.to_string().contains("a core has failed"), "{error}");
}

/// A handler that counts lines from the number in its state. Its `open` is never called.
struct GoesOn;

impl Handler for GoesOn {
    type In<'a> = Line;
    type Out = Line;
    type State = u32;

    async fn open(&self, _: &mut Conn<Line>) -> Result<u32, Close> {
        panic!("the connection has a state already")
    }

    async fn frame(&self, conn: &mut Conn<Line>, lines: &mut u32, _: Line) -> Result<(), Close> {
        *lines += 1;
        Ok(conn.send(Line::new(format!("{lines} of {}", conn.peer_addr())))?)
    }
}

#[tokio::test]
async fn a_connection_goes_on_with_a_state_and_an_address() {
    let (ours, theirs) = tokio::io::duplex(1024);
    let mut server = Server::new(GoesOn);
    let counters = server.counters();
    let peer = SocketAddr::from(([192, 0, 2, 1], 7));
    let serving = tokio::spawn(async move { server.serve_connection_with(theirs, peer, 41).await });
    let mut client = framewright::Client::<Line>::over(ours, &framewright::ClientOptions::new());
    assert_eq!(client.call(&Line::new("")).await.unwrap(), Line::new("42 of 192.0.2.1:7"));
    drop(client);
    serving.await.unwrap().unwrap();
    assert_eq!((counters.snapshot().frames, counters.snapshot().open()), (1, 0));
}

#[tokio::test]
async fn open_frames_on_a_stream_are_warned_about() {
    let (log, _logging) = Log::start();
    let warned = || log.count("`per_read()`") > 0;
    Server::new(async |line: Line| line).bind("127.0.0.1:0").await.unwrap();
    Server::new(async |rest: Rest| rest).per_read().bind("127.0.0.1:0").await.unwrap();
    assert!(!warned());
    Server::new(async |rest: Rest| rest).bind("127.0.0.1:0").await.unwrap();
    assert!(warned());
}
