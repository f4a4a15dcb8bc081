//! Tests of malformed input to every program over sockets: the error and its position are logged,
//! the connection is closed, and other clients are still served.

use std::io::Write;
use std::net::{Shutdown, TcpStream};

use super::chat::{CHAT, msg, reply};
use super::fetch::FETCH;
use crate::support::{Plain, Program, udp};

const ECHO: &str = env!("CARGO_BIN_EXE_echo");
const HELLO: &str = env!("CARGO_BIN_EXE_hello");
const CHAT_ECHO: &str = env!("CARGO_BIN_EXE_chat-echo");

/// A server, and an honest connection that must be served whatever other clients send.
struct Victim {
    server: Program,
    honest: TcpStream,
    request: Vec<u8>,
    reply: Vec<u8>,
}

impl Victim {
    fn new(program: &str, args: &[&str], request: &[u8], reply: &[u8]) -> Self {
        let server = Program::server(program, args);
        let mut honest = server.connect();
        if program == HELLO {
            honest.expect(b"Welcome!");
        }
        let mut victim = Self { server, honest, request: request.to_vec(), reply: reply.to_vec() };
        victim.serves_on();
        victim
    }

    fn chat(program: &str) -> Self {
        Self::new(program, &[], &msg(1, 0, 1, b"hi"), &reply(1, 1, b"hi"))
    }

    fn echo() -> Self {
        Self::new(ECHO, &[], b"hi\r\n\r\n", b"hi\\r\\n\\r\\n\r\n\r\n")
    }

    /// Checks that the honest connection is still served.
    fn serves_on(&mut self) {
        self.honest.exchange(&self.request, &self.reply);
    }

    /// Sends bytes and closes the sending side. Checks that the server closes the connection, and
    /// that the log has a line that contains `fault`.
    fn refuses(&mut self, bytes: &[u8], fault: &str) {
        let mut peer = self.server.connect();
        let name = format!("peer={}", peer.local_addr().unwrap());
        // The server may close the connection before everything is sent.
        let _ = peer.write_all(bytes);
        peer.finish();
        self.server.wait_for(&[&name, "malformed frame", fault]);
        self.serves_on();
    }

    /// Like [`refuses`](Self::refuses), but keeps the sending side open.
    fn refuses_at_once(&mut self, bytes: &[u8], fault: &str) {
        let mut peer = self.server.connect();
        let name = format!("peer={}", peer.local_addr().unwrap());
        let _ = peer.write_all(bytes);
        peer.drain();
        self.server.wait_for(&[&name, "malformed frame", fault]);
        self.serves_on();
    }

    /// Checks that every truncation of a frame is refused at the end of the stream.
    fn refuses_truncations(&mut self, frame: &[u8], fault: impl Fn(usize) -> String) {
        for cut in 1..frame.len() {
            self.refuses(&frame[..cut], &fault(cut));
        }
    }

    /// Checks that a server survives a peer that resets the connection in the middle of a frame.
    #[cfg(unix)]
    fn survives_reset(&mut self, frame: &[u8]) {
        use rustix::net::sockopt::set_socket_linger;

        let mut peer = self.server.connect();
        let name = format!("peer={}", peer.local_addr().unwrap());
        peer.write_all(&frame[..frame.len() / 2]).unwrap();
        self.server.wait_for(&[&name, "accepted"]);
        set_socket_linger(&peer, Some(std::time::Duration::ZERO)).unwrap();
        drop(peer);
        self.server.wait_for(&[&name, "closed: "]);
        self.serves_on();
    }
}

/// Returns pseudo-random bytes, which are the same in every run.
fn garbage(len: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_u32;
    let byte = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    (0..len).map(byte).collect()
}

const FLOOD: usize = 8 * 1024 * 1024;

#[test]
fn chat_refuses_truncations() {
    let frame = msg(10_000_000, 10_000_001, 1, b"hi there");
    for program in [CHAT, CHAT_ECHO] {
        let mut victim = Victim::chat(program);
        victim.refuses_truncations(&frame, |cut| match cut {
            0..4 => format!("ChatMsg.sender at byte 0: expected 4 bytes, found {cut}"),
            4..8 => format!("ChatMsg.receiver at byte 4: expected 4 bytes, found {}", cut - 4),
            8 => "at byte 8: expected 1 byte, found 0".to_owned(),
            9..13 => format!("at byte 9: expected 4 bytes, found {}", cut - 9),
            _ => format!("ChatMsg.body at byte 13: expected 8 bytes, found {}", cut - 13),
        });
        #[cfg(unix)]
        victim.survives_reset(&frame);
    }
}

#[test]
fn chat_refuses_lengths_that_lie() {
    let mut victim = Victim::chat(CHAT);
    // The length is above the limit, so the frame is refused before any of the body has arrived.
    let mut huge = msg(1, 2, 1, b"");
    huge[9..].copy_from_slice(&u32::MAX.to_be_bytes());
    victim.refuses_at_once(&huge, "ChatMsg.body at byte 13: expected at most 1048589");
    // The length field is 9 and the body has 8 bytes, so the server waits for another byte until
    // the stream ends.
    let mut more = msg(1, 2, 1, b"hi there");
    more[12] = 9;
    victim.refuses(&more, "ChatMsg.body at byte 13: expected 9 bytes, found 8");
    // The length field is 7 and the body has 8 bytes, so the server reads the last byte as the
    // start of the next frame.
    let mut less = msg(1, 2, 1, b"hi there");
    less[12] = 7;
    victim.refuses(&less, "ChatMsg.sender at byte 0: expected 4 bytes, found 1");
}

#[test]
fn chat_survives_garbage() {
    let mut victim = Victim::chat(CHAT);
    victim.refuses_at_once(&vec![0xff; FLOOD], "ChatMsg.body at byte 13: expected at most 1048589");
    victim.refuses_at_once(&garbage(FLOOD), "expected at most 1048589");
}

#[test]
fn echo_refuses_malformed_messages() {
    let mut victim = Victim::echo();
    victim.refuses_truncations(b"hi\r\nyou\r\n\r\n", |_| {
        "Message.text at byte 0: expected the delimiter \"\\r\\n\\r\\n\" before the end".to_owned()
    });
    victim.refuses_at_once(b"abc\xff\xfe\r\n\r\n", "Message.text at byte 3: expected UTF-8 text");
    // The text ends in the middle of a character.
    victim.refuses_at_once(b"\xc3\xa4\xc3\r\n\r\n", "Message.text at byte 2: expected UTF-8 text");
    victim.refuses_at_once(&vec![b'x'; FLOOD], "Message.text at byte 0: expected at most 1048576");
    victim.refuses_at_once(&garbage(FLOOD), "Message.text at byte ");
    #[cfg(unix)]
    victim.survives_reset(b"hi\r\nyou\r\n\r\n");
}

#[test]
fn hello_refuses_malformed_names() {
    let mut victim = Victim::new(HELLO, &[], b"Ada", b"Hello, Ada!");
    victim.refuses_at_once(b"Ad\xff", "Name.name at byte 2: expected UTF-8 text");
    victim.refuses("ä".as_bytes().split_at(1).0, "Name.name at byte 0: expected UTF-8 text");
    victim.refuses_at_once(&garbage(FLOOD), "expected UTF-8 text");
    #[cfg(unix)]
    victim.survives_reset(b"Ada");

    let mut buffer = [0; 100];
    let socket = udp(victim.server.address);
    let name = format!("from={}", socket.local_addr().unwrap());
    for bad in [&b"\xc3"[..], b"Ad\xff", &garbage(1000)] {
        socket.send(bad).unwrap();
        victim.server.wait_for(&[&name, "malformed datagram", "Name.name at byte ", "expected UTF-8 text"]);
        socket.send(b"Bob").unwrap();
        let len = socket.recv(&mut buffer).unwrap();
        assert_eq!(&buffer[..len], b"hello Bob!");
    }
    victim.serves_on();
}

#[test]
fn fetch_refuses_malformed_requests() {
    let request = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
    let page = b"HTTP/1.1 200 OK\r\n";
    let mut server = Program::server(FETCH, &[]);
    let mut refuses = |bytes: &[u8], fault: &str| {
        let mut peer = server.connect();
        let name = format!("peer={}", peer.local_addr().unwrap());
        let _ = peer.write_all(bytes);
        // The server may have closed the connection already.
        let _ = peer.shutdown(Shutdown::Write);
        assert_eq!(peer.drain(), b"");
        server.wait_for(&[&name, "malformed frame", fault]);
        server.connect().exchange(request, page);
    };
    for cut in 1..request.len() {
        let fault = match cut {
            ..4 => "Request.magic at byte 0: ",
            4..7 => "Request.target at byte 4: expected the delimiter \" \"",
            7..17 => "Request.version at byte 7: ",
            _ => "Request.header at byte 17: expected the delimiter",
        };
        refuses(&request[..cut], fault);
    }
    refuses(b"POST /a HTTP/1.1\r\nHost: x\r\n\r\n", "Request.magic at byte 0: expected the constant");
    refuses(b"GET /a HTTP/1.0\r\nHost: x\r\n\r\n", "Request.version at byte 7: expected the constant");
    refuses(b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", "Request.target at byte 5: expected UTF-8 text");
    refuses(
        &[&request[..17], &vec![b'x'; FLOOD]].concat(),
        "Request.header at byte 17: expected at most 16384",
    );
    refuses(&garbage(FLOOD), "Request.magic at byte 0: ");
}

/// Returns the size of a process's data segment in bytes, including memory that was never written
/// to.
#[cfg(target_os = "linux")]
fn memory(server: &Program) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmData:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

#[cfg(target_os = "linux")]
#[test]
fn a_claimed_length_allocates_nothing() {
    let mut victim = Victim::chat(CHAT);
    let before = memory(&victim.server);
    // Each of 400 clients announces a body of 1 MiB, but sends only the 13 bytes before it.
    let mut claim = msg(1, 0, 1, b"");
    claim[9..].copy_from_slice(&(1024 * 1024u32).to_be_bytes());
    let peers: Vec<_> = (0..400)
        .map(|_| {
            let mut peer = victim.server.connect();
            peer.write_all(&claim).unwrap();
            peer
        })
        .collect();
    // All connections are accepted, and the server answers the honest connection while it waits for
    // the bodies.
    for peer in &peers {
        victim.server.wait_for(&[&format!("peer={}", peer.local_addr().unwrap()), "accepted"]);
    }
    victim.serves_on();
    let grown = memory(&victim.server).saturating_sub(before);
    assert!(grown < 100 * 1024 * 1024, "{grown} bytes for 400 connections");
}
