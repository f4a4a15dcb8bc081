//! Tests of datagrams over loopback.

use std::future::{Future, poll_fn};
use std::net::{SocketAddr, UdpSocket};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use framewright::net::{Close, Conn, Handler, Limits};
use framewright::{Attempt, ClientOptions, Encode, Error, udp};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::frames::{Msg, Rest};
use crate::peer::blocking;

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<framewright::Result<()>>,
}

impl Running {
    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

async fn greeter() -> Running {
    let greet = async |name: Rest| {
        if name.text == "slow" {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Rest::new(format!("hello {}!", name.text))
    };
    let server = udp::Server::new(greet).limits(Limits::new()).bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    Running { address: server.local_addr(), stop, task: tokio::spawn(server.serve_until(stopped)) }
}

fn raw(address: SocketAddr) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    socket.connect(address).unwrap();
    socket
}

fn recv(socket: &UdpSocket) -> Vec<u8> {
    let mut bytes = vec![0; 65_535];
    let len = socket.recv(&mut bytes).unwrap();
    bytes.truncate(len);
    bytes
}

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
async fn a_refused_port_is_an_error_and_the_client_goes_on() {
    let address = raw("127.0.0.1:9".parse().unwrap()).local_addr().unwrap();
    let mut client = udp::Client::<Rest>::connect(address).await.unwrap();
    assert!(matches!(client.call(&Rest::new("hi")).await, Err(Error::Io(_))));
    let server = UdpSocket::bind(address).unwrap();
    client.send(&Rest::new("again")).await.unwrap();
    let mut bytes = [0; 16];
    let (len, from) = server.recv_from(&mut bytes).unwrap();
    assert_eq!(&bytes[..len], b"again");
    server.send_to(b"here", from).unwrap();
    assert_eq!(client.recv().await.unwrap(), Rest::new("here"));
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

#[tokio::test]
async fn a_client_calls() {
    let server = greeter().await;
    let mut client = udp::Client::<Rest>::connect(server.address).await.unwrap();
    assert_eq!(client.call(&Rest::new("world")).await.unwrap(), Rest::new("hello world!"));
    server.stop().await;
}

#[tokio::test]
async fn leftover_bytes_name_the_sender() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = peer.local_addr().unwrap();
    let mut client = udp::Client::<Msg>::connect(address).await.unwrap();
    client.send(&Msg::new("hi")).await.unwrap();
    let mut bytes = [0; 64];
    let (len, from) = peer.recv_from(&mut bytes).unwrap();
    assert_eq!(bytes[..len], Msg::new("hi").to_vec().unwrap());
    peer.send_to(&[&bytes[..len], b"!"].concat(), from).unwrap();
    let error = client.recv().await.unwrap_err();
    assert!(matches!(&error, Error::Datagram { from, .. } if *from == address), "{error:?}");
    assert!(error.to_string().contains(&address.to_string()), "{error}");
    peer.send_to(&bytes[..len], from).unwrap();
    assert_eq!(client.recv().await.unwrap(), Msg::new("hi"));
}

#[tokio::test]
async fn a_lost_reply_is_a_timeout() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let options = ClientOptions::new().request_timeout(Duration::from_millis(20));
    let address = peer.local_addr().unwrap();
    let mut client = udp::Client::<Rest>::connect_with(address, options).await.unwrap();
    assert!(matches!(client.call(&Rest::new("hi")).await, Err(Error::Timeout(_))));
}

#[tokio::test]
async fn the_error_of_a_port_in_use_names_it() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = udp::serve(address, async |name: Rest| name).await.unwrap_err();
    assert!(error.to_string().starts_with(&format!("cannot listen on {address}: ")), "{error}");
}

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

/// A handler that counts the datagrams of each sender.
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

/// A handler that counts the datagrams of each sender.
struct Count;

impl Handler for Count {
    type In<'a> = Rest;
    type Out = Rest;
    type State = u32;

    async fn open(&self, _: &mut Conn<Rest>) -> Result<u32, Close> {
        Ok(0)
    }

    async fn frame(&self, conn: &mut Conn<Rest>, count: &mut u32, _: Rest) -> Result<(), Close> {
        *count += 1;
        Ok(conn.send(Rest::new(format!("{count}")))?)
    }
}

#[tokio::test]
async fn senders_of_one_datagram_are_dropped_first() {
    let server = udp::Server::new(Count).limits(Limits::new().connections(10));
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let task = tokio::spawn(server.serve());
    blocking(move || {
        let honest = raw(address);
        let mut expected = 0;
        let mut again = || {
            honest.send(b"x").unwrap();
            expected += 1;
            assert_eq!(String::from_utf8(recv(&honest)).unwrap(), expected.to_string());
        };
        again();
        again();
        // Sends one datagram from each of 1,100 other sockets, which is more than the server has
        // room for. The ordinary sender is silent in the meantime.
        let mut strangers = std::collections::VecDeque::new();
        for _ in 0..1_100 {
            let stranger = raw(address);
            stranger.send(b"x").unwrap();
            assert_eq!(recv(&stranger), b"1");
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
async fn endpoints_speak_to_many() {
    let endpoint = udp::Endpoint::<Rest>::bind("127.0.0.1:0").await.unwrap();
    let address = endpoint.local_addr();
    let (one, other) = (raw(address), raw(address));
    for (index, peer) in [&one, &other, &one].into_iter().enumerate() {
        peer.send(format!("{index}").as_bytes()).unwrap();
        let (frame, from) = endpoint.recv_from().await.unwrap();
        assert_eq!((frame.text, from), (index.to_string(), peer.local_addr().unwrap()));
        endpoint.send_to(&Rest::new(format!("to {index}")), from).await.unwrap();
        assert_eq!(recv(peer), format!("to {index}").as_bytes());
    }
    // A malformed datagram is reported with its sender, and no other datagram is lost. An empty
    // datagram is a frame if the type can be empty.
    one.send(b"\xff").unwrap();
    one.send(b"").unwrap();
    match endpoint.recv_from().await {
        Err(Error::Datagram { from, .. }) => assert_eq!(from, one.local_addr().unwrap()),
        other => panic!("{other:?}"),
    }
    assert_eq!(endpoint.recv_from().await.unwrap().0, Rest::new(""));
    let whole = udp::Endpoint::<Msg>::bind("127.0.0.1:0").await.unwrap();
    let peer = raw(whole.local_addr());
    peer.send(b"").unwrap();
    assert!(matches!(whole.recv_from().await, Err(Error::Datagram { .. })));
    // Bytes after the frame are an error.
    let bytes = Msg::new("x").to_vec().unwrap();
    peer.send(&[&bytes[..], b"more"].concat()).unwrap();
    let error = whole.recv_from().await.unwrap_err().to_string();
    assert!(error.contains(&peer.local_addr().unwrap().to_string()), "{error}");
    // Cancels each `recv_from` after its first poll. If this poll had taken a datagram from the
    // socket, the datagram would be lost.
    let all = async {
        for index in 0..50 {
            let msg = Msg::new(format!("{index}"));
            peer.send(&msg.to_vec().unwrap()).unwrap();
            while poll_once(whole.recv_from(), &msg).await.is_pending() {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all).await.expect("a datagram was lost");
}

/// Polls the future once, and then drops it. If it returns a frame, the frame must be `msg`.
async fn poll_once(
    receiving: impl Future<Output = framewright::Result<(Msg, SocketAddr)>>,
    msg: &Msg,
) -> Poll<()> {
    let mut receiving = pin!(receiving);
    let polled = poll_fn(|cx| Poll::Ready(receiving.as_mut().poll(cx))).await;
    polled.map(|received| assert_eq!(received.unwrap().0, *msg))
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

/// A handler that counts the frames of each sender and answers with the count. A frame that begins
/// with "wait" waits until it is released.
#[derive(Clone, Default)]
struct Held {
    go_on: std::sync::Arc<tokio::sync::Notify>,
    handled: std::sync::Arc<std::sync::atomic::AtomicUsize>,
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
            _ => drop(self.handled.fetch_add(1, std::sync::atomic::Ordering::SeqCst)),
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
        assert_eq!(held.handled.load(std::sync::atomic::Ordering::SeqCst), of_each);
        task.abort();
    }
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
