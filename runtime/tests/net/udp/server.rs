//! Tests of servers whose handlers keep no state.

use std::net::UdpSocket;

use bytes::Bytes;
use framewright::net::{Close, CloseReason, Conn};
use framewright::prelude::{Frame, Handler};
use framewright::{Attempt, Encode, udp};

use super::{greeter, raw, recv};
use crate::frames::{Msg, Rest};
use crate::peer::blocking;

#[tokio::test]
async fn a_datagram_is_a_frame() {
    let server = greeter().await;
    let address = server.address;
    blocking(move || {
        let socket = raw(address);
        socket.send(b"world").unwrap();
        assert_eq!(recv(&socket), b"hello world!");
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn a_bad_datagram_is_answered_where_the_handler_asks_for_attempts() {
    let answer = async |attempt: Attempt<Rest>| match attempt {
        Attempt::Frame(name) => Rest::new(format!("hello {}!", name.text)),
        Attempt::Bytes(bytes) => Rest::new(format!("{} bytes are no name", bytes.len())),
    };
    let server = udp::Server::new(answer).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let task = tokio::spawn(server.serve());
    blocking(move || {
        let socket = raw(address);
        for (sent, reply) in [
            (&b"\xff\xff"[..], "2 bytes are no name"),
            (b"world", "hello world!"),
            (b"\xff", "1 bytes are no name"),
        ] {
            socket.send(sent).unwrap();
            assert_eq!(String::from_utf8(recv(&socket)).unwrap(), reply);
        }
    })
    .await;
    task.abort();
}

#[tokio::test]
async fn a_bad_datagram_is_dropped() {
    let server = greeter().await;
    let address = server.address;
    blocking(move || {
        let socket = raw(address);
        socket.send(b"\xff\xff").unwrap();
        socket.send(b"world").unwrap();
        assert_eq!(recv(&socket), b"hello world!");
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn a_server_survives_damaged_datagrams() {
    let serve = async |msg: Msg| {
        assert_ne!(msg.body, b"panic");
        msg
    };
    let server = udp::Server::new(serve).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let task = tokio::spawn(server.serve());
    blocking(move || {
        let socket = raw(address);
        let bytes = Msg::new("hello").to_vec().unwrap();
        // Sends every truncation of a frame, including the empty one, and then a frame that makes
        // the handler panic.
        for cut in 0..bytes.len() {
            socket.send(&bytes[..cut]).unwrap();
        }
        socket.send(&Msg::new("panic").to_vec().unwrap()).unwrap();
        // This sender closes its socket before the reply arrives, so its port refuses the reply.
        raw(address).send(&bytes).unwrap();
        // The same datagram is sent twice.
        for _ in 0..2 {
            socket.send(&bytes).unwrap();
        }
        assert_eq!(recv(&socket), bytes);
        assert_eq!(recv(&socket), bytes);
        // A datagram of the maximum size.
        let long = Msg::new(vec![7; 65_507 - 5]).to_vec().unwrap();
        socket.send(&long).unwrap();
        assert_eq!(recv(&socket), long);
    })
    .await;
    task.abort();
}

#[tokio::test]
async fn clients_do_not_wait_for_each_other() {
    let server = greeter().await;
    let address = server.address;
    blocking(move || {
        let (slow, fast) = (raw(address), raw(address));
        slow.send(b"slow").unwrap();
        fast.send(b"fast").unwrap();
        assert_eq!(recv(&fast), b"hello fast!");
        slow.set_nonblocking(true).unwrap();
        assert!(slow.recv(&mut [0; 64]).is_err(), "the slow one is still waiting");
        slow.set_nonblocking(false).unwrap();
        assert_eq!(recv(&slow), b"hello slow!");
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn draining_waits_for_handlers() {
    let server = greeter().await;
    let socket = raw(server.address);
    socket.send(b"slow").unwrap();
    let probe = raw(server.address);
    probe.send(b"probe").unwrap();
    let probe = blocking(move || recv(&probe)).await;
    assert_eq!(probe, b"hello probe!");
    server.stop().await;
    assert_eq!(recv(&socket), b"hello slow!");
}

#[tokio::test]
async fn each_reply_is_a_datagram_of_its_own() {
    let twice = async |msg: Msg| vec![msg.clone(), msg];
    let server = udp::Server::new(twice).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let task = tokio::spawn(server.serve());
    blocking(move || {
        let socket = raw(address);
        let bytes = Msg::new("hi").to_vec().unwrap();
        socket.send(&bytes).unwrap();
        assert_eq!(recv(&socket), bytes);
        assert_eq!(recv(&socket), bytes);
    })
    .await;
    task.abort();
}

/// A handler with state, whose replies to a name are a body that is too large for a datagram, and
/// the name.
struct Twice;

impl Handler for Twice {
    type In<'a> = Rest;
    type Out = Tail;
    type State = ();

    async fn open(&self, _: &mut Conn<Tail>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame(&self, conn: &mut Conn<Tail>, (): &mut (), name: Rest) -> Result<(), Close> {
        conn.send(Tail::large())?;
        conn.handle().send(Tail::large()).await?;
        conn.send(Tail::new(name.text))?;
        Ok(())
    }

    async fn closed(&self, (): (), _: CloseReason) {}
}

/// A frame with a body that is not copied if it is large.
#[derive(Frame)]
struct Tail {
    kind: u8,
    #[rest]
    body: Bytes,
}

impl Tail {
    fn new(body: impl Into<Bytes>) -> Self {
        Self { kind: 7, body: body.into() }
    }

    fn large() -> Self {
        Self::new(vec![0; 70_000])
    }
}

#[tokio::test]
async fn a_reply_that_is_too_large_for_a_datagram_is_not_sent_in_parts() {
    let twice = async |name: Rest| vec![Tail::large(), Tail::new(name.text)];
    let closure = udp::Server::new(twice).bind("127.0.0.1:0").await.unwrap();
    let handler = udp::Server::new(Twice).bind("127.0.0.1:0").await.unwrap();
    let addresses = [closure.local_addr(), handler.local_addr()];
    let tasks = [tokio::spawn(closure.serve()), tokio::spawn(handler.serve())];
    blocking(move || {
        for address in addresses {
            let socket = raw(address);
            socket.send(b"small").unwrap();
            assert_eq!(recv(&socket), b"\x07small");
        }
    })
    .await;
    tasks.iter().for_each(|task| task.abort());
}

#[tokio::test]
async fn the_error_of_a_port_in_use_names_it() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = udp::serve(address, async |name: Rest| name).await.unwrap_err();
    assert!(error.to_string().starts_with(&format!("cannot listen on {address}: ")), "{error}");
}

#[tokio::test]
async fn existing_sockets_can_be_used() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let server = udp::Server::new(async |name: Rest| name).socket(socket).unwrap();
    assert_eq!(server.local_addr(), address);
    let task = tokio::spawn(server.serve());
    let endpoint =
        udp::Endpoint::<Rest>::socket(tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap()).unwrap();
    endpoint.send_to(&Rest::new("hi"), address).await.unwrap();
    assert_eq!(endpoint.recv_from().await.unwrap(), (Rest::new("hi"), address));
    task.abort();
}

#[tokio::test]
async fn failures_that_anyone_can_repeat_are_logged_once_and_counted() {
    let (log, _logging) = crate::logs::Log::start();
    let fail = async |frame: Rest| -> Result<Rest, Close> {
        match frame.text.as_str() {
            "fail" => Err("as asked")?,
            "panic" => panic!("as asked"),
            _ => Ok(frame),
        }
    };
    let server = udp::Server::new(fail).bind("127.0.0.1:0").await.unwrap();
    let socket = raw(server.local_addr());
    let task = tokio::spawn(server.serve());
    let socket = blocking(move || {
        for _ in 0..50 {
            for text in [&b"fail"[..], b"panic", b"\xff"] {
                socket.send(text).unwrap();
            }
            socket.send(b"here").unwrap();
            assert_eq!(recv(&socket), b"here");
        }
        socket
    })
    .await;
    assert_eq!((log.count("failed"), log.count("dropped")), (1, 1), "{}", log.text());
    task.abort();
    drop(socket);
}

#[tokio::test]
async fn a_closure_that_ends_without_an_error_has_not_failed() {
    let (log, _logging) = crate::logs::Log::start();
    let end = async |frame: Rest| if frame.text == "end" { Err(Close::new()) } else { Ok(frame) };
    let mut server = udp::Server::new(end);
    let counters = server.counters();
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let socket = raw(server.local_addr());
    let task = tokio::spawn(server.serve());
    blocking(move || {
        socket.send(b"end").unwrap();
        socket.send(b"here").unwrap();
        assert_eq!(recv(&socket), b"here");
    })
    .await;
    assert_eq!((log.count("failed"), counters.snapshot().failures), (0, 0), "{}", log.text());
    task.abort();
}
