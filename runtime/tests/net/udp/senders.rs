//! Tests of the state and the limits that a server has for each sender.

use std::collections::VecDeque;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use framewright::net::{Close, Conn, Handler, Limits, Malformed};
use framewright::{Decode, DecodeError, Encode, udp};
use tokio::sync::{Notify, mpsc, oneshot};

use super::{Running, raw, recv};
use crate::frames::{Msg, Rest};
use crate::peer::blocking;

/// A handler that counts the datagrams of each sender. `bye` ends the count, and `twice` gets two
/// replies.
struct Counter;

impl Handler for Counter {
    type In<'a> = Rest;
    type Out = Rest;
    type State = u32;

    async fn open(&self, conn: &mut Conn<Rest>) -> Result<u32, Close> {
        conn.send(Rest::new("welcome"))?;
        Ok(0)
    }

    async fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<Rest>,
        count: &'a mut u32,
        frame: Rest,
    ) -> Result<(), Close> {
        *count += 1;
        match &*frame.text {
            "bye" => return Err(Close::new()),
            "panic" => panic!("as asked"),
            "twice" => conn.send(Rest::new("once"))?,
            _ => {}
        }
        Ok(conn.send(Rest::new(format!("{count} from {}", conn.peer_addr())))?)
    }
}

async fn counter(limits: Limits) -> Running {
    let server = udp::Server::new(Counter).limits(limits).bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    Running { address: server.local_addr(), stop, task: tokio::spawn(server.serve_until(stopped)) }
}

#[tokio::test]
async fn a_handler_keeps_a_state_for_each_sender() {
    let server = counter(Limits::new()).await;
    let address = server.address;
    blocking(move || {
        let (ada, bob) = (raw(address), raw(address));
        let count = |socket: &UdpSocket, count: u32| {
            format!("{count} from {}", socket.local_addr().unwrap()).into_bytes()
        };
        for socket in [&ada, &bob] {
            socket.send(b"hi").unwrap();
            assert_eq!(recv(socket), b"welcome");
            assert_eq!(recv(socket), count(socket, 1));
        }
        ada.send(b"twice").unwrap();
        assert_eq!(recv(&ada), b"once");
        assert_eq!(recv(&ada), count(&ada, 2));
        let long = vec![b'x'; 60_000];
        ada.send(&long).unwrap();
        assert_eq!(recv(&ada), count(&ada, 3), "a long datagram is one frame");
        for end in ["bye", "panic", "\u{7f}"] {
            ada.send(if end == "\u{7f}" { b"\xff" } else { end.as_bytes() }).unwrap();
            // Datagrams after an end start a new state. Datagrams that arrive before the end is
            // noticed are lost.
            ada.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
            let mut bytes = [0; 64];
            loop {
                ada.send(b"again").unwrap();
                if ada.recv(&mut bytes).is_ok_and(|len| &bytes[..len] == b"welcome") {
                    break;
                }
            }
            ada.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            assert_eq!(recv(&ada), count(&ada, 1), "{end:?}");
        }
        bob.send(b"hi").unwrap();
        assert_eq!(recv(&bob), count(&bob, 2), "the other goes on");
    })
    .await;
    server.stop().await;
}

/// A handler that never finishes. It reports each datagram with a channel that is closed when the
/// future of the datagram is dropped.
struct Endless(mpsc::UnboundedSender<oneshot::Receiver<()>>);

impl Handler for Endless {
    type In<'a> = Rest;
    type Out = Rest;
    type State = ();

    async fn open(&self, _: &mut Conn<Rest>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame<'a>(&'a self, _: &'a mut Conn<Rest>, (): &'a mut (), _: Rest) -> Result<(), Close> {
        let (_running, stopped) = oneshot::channel();
        self.0.send(stopped).unwrap();
        std::future::pending().await
    }
}

#[tokio::test]
async fn handlers_stop_with_their_server() {
    let (begun, mut begins) = mpsc::unbounded_channel();
    let server = udp::Server::new(Endless(begun)).bind("127.0.0.1:0").await.unwrap();
    let peer = raw(server.local_addr());
    let serving = tokio::spawn(server.serve());
    peer.send(b"hi").unwrap();
    let stopped = begins.recv().await.unwrap();
    serving.abort();
    let ended = tokio::time::timeout(Duration::from_secs(10), stopped).await;
    assert!(ended.expect("the handler is still running").is_err());
}

#[tokio::test]
async fn senders_are_bounded() {
    let server = counter(Limits::new().connections(1)).await;
    let address = server.address;
    blocking(move || {
        let (ada, bob) = (raw(address), raw(address));
        ada.send(b"hi").unwrap();
        assert_eq!(recv(&ada), b"welcome");
        recv(&ada);
        // The server has room for one sender, so Bob's datagram evicts Ada's state, and Ada's next
        // datagram starts a new one.
        bob.send(b"hi").unwrap();
        assert_eq!(recv(&bob), b"welcome");
        recv(&bob);
        ada.send(b"hi").unwrap();
        assert_eq!(recv(&ada), b"welcome");
    })
    .await;
    server.stop().await;
}

/// A handler that answers each datagram with its number and its text. `nothing` is answered by an
/// empty datagram, and `all` by several datagrams first, some of them empty.
struct Counting;

impl Handler for Counting {
    type In<'a> = Rest;
    type Out = Rest;
    type State = usize;

    async fn open(&self, _: &mut Conn<Rest>) -> Result<usize, Close> {
        Ok(0)
    }

    async fn frame(&self, conn: &mut Conn<Rest>, count: &mut usize, frame: Rest) -> Result<(), Close> {
        *count += 1;
        match &*frame.text {
            "nothing" => return Ok(conn.send(Rest::new(""))?),
            "all" => {
                for text in ["", "one", "", "", "two", ""] {
                    conn.send(Rest::new(text))?;
                }
                conn.handle().send(Rest::new("")).await?;
            }
            _ => {}
        }
        Ok(conn.send(Rest::new(format!("{count}: {:?}", frame.text)))?)
    }
}

#[tokio::test]
async fn an_empty_datagram_is_a_frame_if_the_type_can_be_empty() {
    let server = udp::Server::new(Counting).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let task = tokio::spawn(server.serve());
    blocking(move || {
        let socket = raw(address);
        for (number, datagram) in [&b""[..], b"hi", b"", b""].into_iter().enumerate() {
            socket.send(datagram).unwrap();
            let text = String::from_utf8(datagram.to_vec()).unwrap();
            assert_eq!(recv(&socket), format!("{}: {text:?}", number + 1).as_bytes());
        }
    })
    .await;
    task.abort();
}

/// A handler that counts the malformed datagrams of each sender. It answers the first two, and then
/// ends the count.
struct Tolerant;

impl Handler for Tolerant {
    type In<'a> = Msg;
    type Out = Msg;
    type State = u8;

    async fn open(&self, _: &mut Conn<Msg>) -> Result<u8, Close> {
        Ok(0)
    }

    async fn frame(&self, conn: &mut Conn<Msg>, _: &mut u8, msg: Msg) -> Result<(), Close> {
        Ok(conn.send(msg)?)
    }

    fn malformed(&self, _: &mut Conn<Msg>, count: &mut u8, error: &DecodeError) -> Malformed<Msg> {
        *count += 1;
        match count {
            ..=2 => Malformed::Reply(Msg::new(format!("{count}: {error}"))),
            _ => Malformed::Close,
        }
    }
}

#[tokio::test]
async fn an_empty_datagram_is_malformed_if_the_type_cannot_be_empty() {
    let server = udp::Server::new(Tolerant).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let task = tokio::spawn(server.serve());
    blocking(move || {
        let socket = raw(address);
        let malformed = |sent: &[u8], reply: &str| {
            socket.send(sent).unwrap();
            assert_eq!(String::from_utf8(Msg::decode(&recv(&socket)).unwrap().body).unwrap(), reply);
        };
        malformed(b"", "1: Msg.urgent at byte 0: expected 1 byte, found 0");
        malformed(b"", "2: Msg.urgent at byte 0: expected 1 byte, found 0");
        let hello = Msg::new("hello").to_vec().unwrap();
        socket.send(&hello).unwrap();
        assert_eq!(recv(&socket), hello);
    })
    .await;
    task.abort();
}

/// A handler that counts the good frames of each sender and resynchronises after malformed ones.
struct Resyncing;

impl Handler for Resyncing {
    type In<'a> = Msg;
    type Out = Msg;
    type State = u8;

    async fn open(&self, _: &mut Conn<Msg>) -> Result<u8, Close> {
        Ok(0)
    }

    async fn frame(&self, conn: &mut Conn<Msg>, count: &mut u8, _: Msg) -> Result<(), Close> {
        *count += 1;
        Ok(conn.send(Msg::new(count.to_string()))?)
    }

    fn malformed(&self, _: &mut Conn<Msg>, _: &mut u8, _: &DecodeError) -> Malformed<Msg> {
        Malformed::Resync
    }
}

#[tokio::test]
async fn any_number_of_malformed_datagrams_can_be_passed_over() {
    let server = udp::Server::new(Resyncing).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let task = tokio::spawn(server.serve());
    blocking(move || {
        let socket = raw(address);
        let good = Msg::new("x").to_vec().unwrap();
        for count in ["1", "2"] {
            socket.send(&good).unwrap();
            assert_eq!(recv(&socket), Msg::new(count).to_vec().unwrap());
            for bad in [&b""[..], b"\xff", b"", b"\xff\xff"] {
                socket.send(bad).unwrap();
            }
        }
    })
    .await;
    task.abort();
}

/// A handler for frames that cannot be empty.
struct Strict;

impl Handler for Strict {
    type In<'a> = Msg;
    type Out = Msg;
    type State = ();

    async fn open(&self, _: &mut Conn<Msg>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame(&self, conn: &mut Conn<Msg>, (): &mut (), msg: Msg) -> Result<(), Close> {
        Ok(conn.send(msg)?)
    }
}

#[tokio::test]
async fn states_that_anyone_can_fail_are_logged_once() {
    let (log, _logging) = crate::logs::Log::start();
    let mut server = udp::Server::new(Strict);
    let counters = server.counters();
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let task = tokio::spawn(server.serve());
    blocking(move || {
        for ended in 1..=20 {
            raw(address).send(b"").unwrap();
            while counters.snapshot().closed < ended {
                std::thread::yield_now();
            }
        }
    })
    .await;
    assert_eq!(log.count("closed: malformed"), 1, "{}", log.text());
    task.abort();
}

#[tokio::test]
async fn senders_with_malformed_datagrams_are_logged_once() {
    let (log, _logging) = crate::logs::Log::start();
    let server = udp::Server::new(Resyncing).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(server.serve_until(stopped));
    blocking(move || {
        for _ in 0..20 {
            let socket = raw(address);
            socket.send(b"\xff").unwrap();
            socket.send(&Msg::new("x").to_vec().unwrap()).unwrap();
            assert_eq!(recv(&socket), Msg::new("1").to_vec().unwrap());
        }
    })
    .await;
    stop.send(()).unwrap();
    task.await.unwrap().unwrap();
    assert_eq!(log.count("malformed"), 1, "{}", log.text());
    // Each of them would be another line that anyone can cause.
    assert_eq!(log.count("accepted") + log.count("closed"), 0, "{}", log.text());
}

#[tokio::test]
async fn a_reply_may_be_an_empty_datagram() {
    let server = udp::Server::new(Counting).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let task = tokio::spawn(server.serve());
    blocking(move || {
        let socket = raw(address);
        for _ in 0..2 {
            socket.send(b"nothing").unwrap();
            assert_eq!(recv(&socket), b"");
        }
        socket.send(b"all").unwrap();
        for reply in ["", "one", "", "", "two", "", "", "3: \"all\""] {
            assert_eq!(recv(&socket), reply.as_bytes());
        }
    })
    .await;
    task.abort();
}

#[tokio::test]
async fn senders_of_one_datagram_are_dropped_first() {
    let server = udp::Server::new(Counting).limits(Limits::new().connections(10));
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let task = tokio::spawn(server.serve());
    blocking(move || {
        let honest = raw(address);
        let mut expected = 0;
        let mut again = || {
            honest.send(b"x").unwrap();
            expected += 1;
            assert_eq!(String::from_utf8(recv(&honest)).unwrap(), format!("{expected}: \"x\""));
        };
        again();
        again();
        // Sends one datagram from each of 1,100 other sockets, which is more than the server has
        // room for. The ordinary sender is silent in the meantime.
        let mut strangers = VecDeque::new();
        for _ in 0..1_100 {
            let stranger = raw(address);
            stranger.send(b"x").unwrap();
            assert_eq!(recv(&stranger), b"1: \"x\"");
            // Keeps the socket for a while. Otherwise the next socket could get the same port, and
            // would be the same sender.
            strangers.push_back(stranger);
            if strangers.len() > 20 {
                strangers.pop_front();
            }
        }
        // The state of the ordinary sender has been kept.
        again();
    })
    .await;
    task.abort();
}

#[tokio::test]
async fn a_sender_that_is_refused_replaces_nobody() {
    // A datagram of 100 bytes would exceed the memory limit, since 128 bytes are added to its size.
    let limits = Limits::new().connections(1).memory(200);
    let server = udp::Server::new(Counting).limits(limits).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let task = tokio::spawn(server.serve());
    blocking(move || {
        let (ada, bob) = (raw(address), raw(address));
        ada.send(b"x").unwrap();
        assert_eq!(recv(&ada), b"1: \"x\"");
        bob.send(&[b'x'; 100]).unwrap();
        ada.send(b"x").unwrap();
        assert_eq!(recv(&ada), b"2: \"x\"");
    })
    .await;
    task.abort();
}

/// A handler that counts the frames of each sender and answers with the count. A frame that begins
/// with "wait" waits until it is released.
#[derive(Clone, Default)]
struct Held {
    go_on: Arc<Notify>,
    handled: Arc<AtomicUsize>,
}

impl Handler for Held {
    type In<'a> = Rest;
    type Out = Rest;
    type State = usize;

    async fn open(&self, _: &mut Conn<Rest>) -> Result<usize, Close> {
        Ok(0)
    }

    async fn frame(&self, conn: &mut Conn<Rest>, count: &mut usize, frame: Rest) -> Result<(), Close> {
        *count += 1;
        match frame.text.as_str() {
            "wait" => self.go_on.notified().await,
            "count" => conn.send(Rest::new(count.to_string()))?,
            _ => drop(self.handled.fetch_add(1, Ordering::SeqCst)),
        }
        Ok(())
    }
}

#[tokio::test]
async fn queued_datagrams_are_limited_in_bytes() {
    const BIG: usize = 20_000;
    // A sender may have 128 KiB in the queue, which is six datagrams. In the second round, the
    // memory limit of the server leaves room for only four.
    for (memory, of_each) in [(1 << 30, 6), (5 * (BIG + 128) - 1, 4)] {
        let held = Held::default();
        let limits = Limits::new().memory(memory);
        let server = udp::Server::new(held.clone()).limits(limits).bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr();
        let task = tokio::spawn(server.serve());
        let slow = blocking(move || {
            let (slow, probe) = (raw(address), raw(address));
            let probed = || {
                probe.send(b"count").unwrap();
                recv(&probe)
            };
            slow.send(b"wait").unwrap();
            probed();
            // An answer to another sender shows that the server has read all earlier datagrams.
            for _ in 0..20 {
                slow.send(&[b'x'; BIG]).unwrap();
                probed();
            }
            assert_eq!(probed(), b"22", "others are not held up");
            slow
        })
        .await;
        held.go_on.notify_one();
        let counted = blocking(move || {
            slow.send(b"count").unwrap();
            recv(&slow)
        })
        .await;
        assert_eq!(counted, (of_each + 2).to_string().as_bytes(), "with {memory} bytes for all");
        assert_eq!(held.handled.load(Ordering::SeqCst), of_each);
        task.abort();
    }
}
