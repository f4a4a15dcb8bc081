//! Conversations of ordinary clients with the servers.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};

use crate::support::connect;

/// A conversation with a server. Each step has the bytes to send, and the first bytes of the
/// expected answer.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) over: Over,
    pub(crate) steps: Vec<(Vec<u8>, Vec<u8>)>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Over {
    Tcp,
    Udp,
    /// As in TFTP, the answer comes from another port than the request was sent to.
    UdpFromAnyPort,
}

impl Exchange {
    fn tcp<const N: usize>(steps: [(&[u8], &[u8]); N]) -> Self {
        let steps = steps.map(|(said, answer)| (said.to_vec(), answer.to_vec())).to_vec();
        Self { over: Over::Tcp, steps }
    }

    fn udp(said: &[u8], answer: &[u8]) -> Self {
        Self { over: Over::Udp, steps: vec![(said.to_vec(), answer.to_vec())] }
    }

    #[track_caller]
    pub(crate) fn hold(&self, name: &str, address: SocketAddr) {
        let held = match self.over {
            Over::Tcp => self.talk(connect(address)),
            Over::Udp | Over::UdpFromAnyPort => self.send(address),
        };
        if let Err(error) = held {
            panic!("{name}: {error}");
        }
    }

    fn talk(&self, mut stream: TcpStream) -> std::io::Result<()> {
        for (said, expected) in &self.steps {
            stream.write_all(said)?;
            let mut answer = vec![0; expected.len()];
            stream.read_exact(&mut answer)?;
            is_answer(said, &answer, expected)?;
        }
        Ok(())
    }

    /// Sends the datagram until it is answered. Under this load, datagrams may be lost.
    fn send(&self, address: SocketAddr) -> std::io::Result<()> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(std::time::Duration::from_secs(1)))?;
        if self.over == Over::Udp {
            // Does not receive what another server sends to an earlier user of the port.
            socket.connect(address)?;
        }
        let (said, expected) = &self.steps[0];
        let mut answer = [0; 2000];
        for _ in 0..60 {
            match self.over {
                Over::UdpFromAnyPort => socket.send_to(said, address)?,
                _ => socket.send(said)?,
            };
            match socket.recv_from(&mut answer) {
                Ok((len, from)) => {
                    if self.over == Over::UdpFromAnyPort {
                        // Ends the transfer, so that the next user of the port receives none of it.
                        socket.send_to(TFTP_ENDED, from)?;
                    }
                    return is_answer(said, &answer[..len.min(expected.len())], expected);
                }
                Err(error)
                    if matches!(
                        error.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    ) => {}
                Err(error) => return Err(error),
            }
        }
        Err(std::io::Error::other("no answer to sixty datagrams"))
    }
}

fn is_answer(said: &[u8], answer: &[u8], expected: &[u8]) -> std::io::Result<()> {
    if answer == expected {
        return Ok(());
    }
    let [said, answer, expected] = [said, answer, expected].map(|bytes| bytes.escape_ascii().to_string());
    Err(std::io::Error::other(format!("{said} is answered {answer}, not {expected}")))
}

fn msg(sender: u32, receiver: u32, kind: u8, body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len()).unwrap();
    [&sender.to_be_bytes()[..], &receiver.to_be_bytes(), &[kind], &len.to_be_bytes(), body].concat()
}

/// Returns conversations with the chat. Their messages are to the sender and to nobody, so they are
/// not stored.
pub(crate) fn chat() -> Vec<Exchange> {
    vec![
        Exchange::tcp([(&msg(70_000, 70_000, 1, b"to myself"), b"")]),
        Exchange::tcp([(&msg(9, 0, 1, b"hi"), b"")]),
    ]
}

pub(crate) fn chat_echo() -> Vec<Exchange> {
    let hi = msg(1, 2, 1, b"hi");
    vec![Exchange::tcp([(&hi, b"")])]
}

pub(crate) fn dns() -> Vec<Exchange> {
    let query = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\x04test\0\0\x01\0\x01";
    let long = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x04long\x07example\x04test\0\0\x10\0\x01";
    let prefixed = [&b"\0\x1e"[..], query].concat();
    vec![
        // Only the identifier of the answer is compared: a client that sends this many queries is
        // sometimes told to use TCP.
        Exchange::udp(query, b"\x12\x34"),
        Exchange::udp(long, b"\x12\x34\x87"),
        Exchange::tcp([(&prefixed, b"\0\x2e\x12\x34\x85")]),
    ]
}

pub(crate) fn echo() -> Vec<Exchange> {
    vec![Exchange::tcp([(b"hi\r\n\r\n", b"hi"), (b"again\r\n\r\n", b"")])]
}

pub(crate) fn fetch() -> Vec<Exchange> {
    vec![Exchange::tcp([(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200 OK\r\n")])]
}

pub(crate) fn gps() -> Vec<Exchange> {
    let login = b"\x78\x78\x0d\x01\x01\x23\x45\x67\x89\x01\x23\x45\0\x01\x8c\xdd\r\n";
    vec![Exchange::tcp([(login, b"\x78\x78\x05\x01\0\x01")])]
}

pub(crate) fn hello() -> Vec<Exchange> {
    vec![Exchange::tcp([(b"", b"Welcome!"), (b"Ada", b"Hello, Ada!")]), Exchange::udp(b"Ada", b"hello Ada!")]
}

pub(crate) fn modbus() -> Vec<Exchange> {
    let read = b"\0\x01\0\0\0\x06\x01\x04\0\x07\0\x01";
    let absent = b"\0\x02\0\0\0\x06\x01\x04\xff\xff\0\x01";
    vec![Exchange::tcp([
        (read, b"\0\x01\0\0\0\x05\x01\x04\x02\0\x07"),
        (absent, b"\0\x02\0\0\0\x03\x01\x84\x02"),
    ])]
}

/// Returns conversations with the broker. A subscriber also receives the messages of other clients,
/// also before its subscription is acknowledged, so nobody sends messages to this topic.
pub(crate) fn mqtt() -> Vec<Exchange> {
    let connect = b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0";
    let subscribe = b"\x82\x08\0\x01\0\x03x/y\0";
    let publish = b"\x30\x07\0\x03a/bhi\xc0\0";
    vec![
        Exchange::tcp([(connect, b"\x20\x02\0\0"), (publish, b"\xd0\0")]),
        Exchange::tcp([(connect, b"\x20\x02\0\0"), (subscribe, b"\x90\x03\0\x01\0")]),
    ]
}

pub(crate) fn put() -> Vec<Exchange> {
    vec![
        Exchange::tcp([(b"PUT /soak HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", b"HTTP/1.1 20")]),
        Exchange::tcp([(
            b"GET /there HTTP/1.1\r\nHost: x\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n",
        )]),
        Exchange::tcp([(b"GET /../x HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 404 Not Found\r\n")]),
    ]
}

pub(crate) fn redis() -> Vec<Exchange> {
    vec![Exchange::tcp([
        (b"*1\r\n$4\r\nPING\r\n", b"+PONG\r\n"),
        (b"*3\r\n$3\r\nSET\r\n$4\r\nsoak\r\n$2\r\nhi\r\n", b"+OK\r\n"),
        // Another client may have set another value in the meantime.
        (b"*2\r\n$3\r\nGET\r\n$4\r\nsoak\r\n", b"$"),
    ])]
}

pub(crate) fn socks5(upstream: SocketAddr) -> Vec<Exchange> {
    let request = [&b"\x05\x01\0\x01\x7f\0\0\x01"[..], &upstream.port().to_be_bytes()].concat();
    vec![Exchange::tcp([
        (b"\x05\x01\0", b"\x05\0"),
        (&request, b"\x05\0\0\x01\x7f\0\0\x01"),
        (b"through it", b""),
    ])]
}

/// The error packet with which a client ends a transfer.
const TFTP_ENDED: &[u8] = b"\0\x05\0\0\0";

pub(crate) fn tftp() -> Vec<Exchange> {
    let answered =
        |said: &[u8], answer: &[u8]| Exchange { over: Over::UdpFromAnyPort, ..Exchange::udp(said, answer) };
    vec![
        answered(b"\0\x01there\0octet\0", b"\0\x03\0\x01\x07"),
        answered(b"\0\x01nothing\0octet\0", b"\0\x05\0\x01"),
    ]
}

pub(crate) fn ws() -> Vec<Exchange> {
    let upgrade = b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    let granted = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    vec![Exchange::tcp([
        (upgrade, granted),
        (b"\x81\x84\0\0\0\0soak", b"\x81\x04soak"),
        (b"\x02\x82\0\0\0\0in\x80\x87\0\0\0\0 pieces", b"\x82\x09in pieces"),
    ])]
}
