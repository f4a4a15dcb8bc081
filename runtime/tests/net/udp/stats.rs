//! Tests of the counters.

use std::sync::Arc;

use framewright::Encode;
use framewright::net::{Close, Conn, Handler, Limits, Stats};
use framewright::udp;
use tokio::sync::{Notify, oneshot};

use super::{Running, raw, recv};
use crate::frames::{Msg, Rest};
use crate::peer::blocking;

/// Answers a name, or ends as the name says.
async fn answer(name: Rest) -> Result<Rest, &'static str> {
    match &*name.text {
        "panic" => panic!("as asked"),
        "fail" => Err("as asked"),
        "wait" => std::future::pending().await,
        _ => Ok(Rest::new("hello")),
    }
}

#[tokio::test]
async fn closures_count_datagrams() {
    let mut server = udp::Server::new(answer);
    let counters = server.counters();
    let server = server.limits(Limits::new().connections(0).frame(100)).bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let running =
        Running { address: server.local_addr(), stop, task: tokio::spawn(server.serve_until(stopped)) };
    let address = running.address;
    blocking(move || {
        let socket = raw(address);
        // Only the last of these is answered.
        for text in [&b"panic"[..], b"fail", b"wait", b"\xff", &[b'x'; 101], b"Ada"] {
            socket.send(text).unwrap();
        }
        assert_eq!(recv(&socket), b"hello");
    })
    .await;
    running.stop().await;
    let mut expected = Stats::default();
    (expected.frames, expected.malformed, expected.refused) = (3, 2, 1);
    (expected.failures, expected.panics) = (1, 1);
    (expected.bytes_in, expected.bytes_out) = (5 + 4 + 4 + 1 + 101 + 3, 5);
    assert_eq!(counters.snapshot(), expected);
}

/// A handler that keeps a state, and answers like [`answer`].
struct Stateful;

impl Handler for Stateful {
    type In<'a> = Msg;
    type Out = Msg;
    type State = ();

    async fn open(&self, _: &mut Conn<Msg>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame(&self, conn: &mut Conn<Msg>, (): &mut (), msg: Msg) -> Result<(), Close> {
        let text = String::from_utf8(msg.body)?;
        Ok(conn.send(Msg::new(answer(Rest::new(text)).await?.text))?)
    }
}

#[tokio::test]
async fn handlers_count_states_and_datagrams() {
    let mut server = udp::Server::new(Stateful);
    let counters = server.counters();
    // A datagram of 100 bytes would exceed the memory limit, since 128 bytes are added to its size.
    let server = server.limits(Limits::new().memory(200)).bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let running =
        Running { address: server.local_addr(), stop, task: tokio::spawn(server.serve_until(stopped)) };
    let address = running.address;
    let counted = counters.clone();
    blocking(move || {
        for (ended, text) in (1..).zip(["panic", "fail"]) {
            let socket = raw(address);
            socket.send(&Msg::new("Ada").to_vec().unwrap()).unwrap();
            assert_eq!(recv(&socket), Msg::new("hello").to_vec().unwrap());
            socket.send(&Msg::new(text).to_vec().unwrap()).unwrap();
            while counted.snapshot().closed < ended {
                std::thread::yield_now();
            }
        }
        let socket = raw(address);
        socket.send(&[0; 100]).unwrap();
        socket.send(&[0xff]).unwrap();
        while counted.snapshot().closed < 3 {
            std::thread::yield_now();
        }
    })
    .await;
    running.stop().await;
    let mut expected = Stats::default();
    (expected.accepted, expected.closed, expected.refused) = (3, 3, 1);
    (expected.frames, expected.malformed) = (4, 1);
    (expected.failures, expected.panics) = (1, 1);
    (expected.bytes_in, expected.bytes_out) = (2 * 8 + 10 + 9 + 1, 2 * 10);
    assert_eq!(counters.snapshot(), expected);
}

/// A handler that answers "big" with a frame that is too long for a datagram and a short one. After
/// "wait", it waits until it is released, and then fails.
#[derive(Clone, Default)]
struct Odd(Arc<Notify>);

impl Handler for Odd {
    type In<'a> = Rest;
    type Out = Rest;
    type State = ();

    async fn open(&self, _: &mut Conn<Rest>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame(&self, conn: &mut Conn<Rest>, (): &mut (), frame: Rest) -> Result<(), Close> {
        match &*frame.text {
            "wait" => {
                self.0.notified().await;
                return Err("as asked".into());
            }
            "big" => conn.send(Rest::new("x".repeat(70_000)))?,
            _ => {}
        }
        Ok(conn.send(Rest::new("ok"))?)
    }
}

#[tokio::test]
async fn replies_that_cannot_be_sent_are_not_counted() {
    let mut server = udp::Server::new(Odd::default());
    let counters = server.counters();
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = Running { address, stop, task: tokio::spawn(server.serve_until(stopped)) };
    blocking(move || {
        let socket = raw(address);
        socket.send(b"big").unwrap();
        assert_eq!(recv(&socket), b"ok");
    })
    .await;
    running.stop().await;
    assert_eq!(counters.snapshot().bytes_out, 2);
}

#[tokio::test]
async fn datagrams_of_a_closed_state_are_refused() {
    let handler = Odd::default();
    let mut server = udp::Server::new(handler.clone());
    let counters = server.counters();
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let task = tokio::spawn(server.serve());
    blocking(move || {
        let socket = raw(address);
        socket.send(b"wait").unwrap();
        for _ in 0..10 {
            socket.send(b"queued").unwrap();
        }
        // An answer to another sender shows that the server has read all earlier datagrams.
        let other = raw(address);
        other.send(b"x").unwrap();
        assert_eq!(recv(&other), b"ok");
        handler.0.notify_one();
        // The queue is closed before the end of the connection is counted.
        while counters.snapshot().closed < 1 || counters.snapshot().refused < 10 {
            std::thread::yield_now();
        }
        let stats = counters.snapshot();
        assert_eq!((stats.frames, stats.failures, stats.refused), (2, 1, 10));
    })
    .await;
    task.abort();
}

#[tokio::test]
async fn a_server_without_room_for_states_refuses_datagrams() {
    let mut server = udp::Server::new(Odd::default());
    let counters = server.counters();
    let server = server.limits(Limits::new().connections(0)).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let task = tokio::spawn(server.serve());
    blocking(move || {
        raw(address).send(b"x").unwrap();
        while counters.snapshot().refused < 1 {
            std::thread::yield_now();
        }
        assert_eq!(counters.snapshot(), {
            let mut expected = Stats::default();
            expected.refused = 1;
            expected
        });
    })
    .await;
    task.abort();
}
