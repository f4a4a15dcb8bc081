//! Tests of `echo` with plain sockets.

use std::io::Write;

use crate::support::{Plain, Program, Running, listen, patient, run};

const ECHO: &str = env!("CARGO_BIN_EXE_echo");

#[test]
fn spells_out_line_ends_and_ends_the_reply() {
    let server = Program::server(ECHO, &[]);
    let mut peer = server.connect();
    peer.exchange(b"hello world!\r\nhello all?\r\n\r\n", b"hello world!\\r\\nhello all?\\r\\n\\r\\n\r\n\r\n");
    peer.exchange(b"one line\r\n\r\n", b"one line\\r\\n\\r\\n\r\n\r\n");
    peer.exchange(b"\r\n\r\n", b"\\r\\n\\r\\n\r\n\r\n");
    peer.exchange("größer\r\n\r\n".as_bytes(), "größer\\r\\n\\r\\n\r\n\r\n".as_bytes());
    // Only `\r\n` is a line end.
    peer.exchange(b"a\rb\nc\r\r\n\r\n", b"a\rb\nc\r\\r\\n\\r\\n\r\n\r\n");
    assert_eq!(peer.finish(), b"");
}

#[test]
fn takes_requests_however_they_are_cut() {
    let server = Program::server(ECHO, &[]);
    let mut peer = server.connect();
    peer.set_nodelay(true).unwrap();
    for byte in b"hello\r\nyou\r\n\r\n" {
        peer.write_all(&[*byte]).unwrap();
    }
    peer.expect(b"hello\\r\\nyou\\r\\n\\r\\n\r\n\r\n");
    let three = b"1\r\n\r\n2\r\n\r\n3\r\n\r\n";
    peer.exchange(three, b"1\\r\\n\\r\\n\r\n\r\n2\\r\\n\\r\\n\r\n\r\n3\\r\\n\\r\\n\r\n\r\n");
    // A request that was sent before the end of the stream is answered.
    peer.write_all(b"last\r\n\r\n").unwrap();
    assert_eq!(peer.finish(), b"last\\r\\n\\r\\n\r\n\r\n");
}

#[test]
fn serves_many_clients_and_logs_their_connections() {
    let mut server = Program::server(ECHO, &[]);
    let mut peers: Vec<_> = (0..20).map(|_| server.connect()).collect();
    for (number, peer) in peers.iter_mut().enumerate().rev() {
        peer.exchange(
            format!("{number}\r\n\r\n").as_bytes(),
            format!("{number}\\r\\n\\r\\n\r\n\r\n").as_bytes(),
        );
    }
    let peer = peers.pop().unwrap();
    let name = format!("peer={}", peer.local_addr().unwrap());
    drop(peer);
    server.wait_for(&[&name, "accepted"]);
    server.wait_for(&[&name, "closed: the peer closed the connection"]);
}

#[test]
fn listens_on_ipv6() {
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        return eprintln!("skipped: this machine has no IPv6");
    }
    let server = Program::server_on(ECHO, "[::1]:0", &[]);
    server.connect().exchange(b"six\r\n\r\n", b"six\\r\\n\\r\\n\r\n\r\n");
}

#[test]
fn says_why_it_cannot_listen() {
    let (_taken, address) = listen();
    let ended = run(ECHO, &["server", "--listen", &address]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains(&format!("cannot listen on {address}")), "{}", ended.stderr);
    assert!(ended.stderr.contains("another program uses this port"), "{}", ended.stderr);
}

/// Checks that both the async and the blocking client keep bytes that arrive after the first reply,
/// and use them as the second reply.
#[test]
fn clients_keep_what_arrives_beyond_a_reply() {
    for mode in [&[][..], &["--blocking"]] {
        let (listener, address) = listen();
        let client =
            Running::start(ECHO, &[&["client", "--connect", &address], mode, &["a\nb", "c"]].concat());
        let mut peer = patient(listener.accept().unwrap().0);
        peer.exchange(b"first\r\n\r\nsecond\r\n\r\n", b"a\r\nb\r\n\r\n");
        peer.expect(b"c\r\n\r\n");
        let ended = client.end();
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "first\nsecond\n"), "{}", ended.stderr);
        assert_eq!(peer.finish(), b"");
    }
}

#[test]
fn clients_read_lines_from_a_pipe() {
    let server = Program::server(ECHO, &[]);
    let address = server.address.to_string();
    for mode in [&[][..], &["--blocking"]] {
        let mut client = Running::start(ECHO, &[&["client", "--connect", &address], mode].concat());
        client.write("hello world!\nhello all?\n");
        let ended = client.end();
        let expected = "hello world!\\r\\n\\r\\n\nhello all?\\r\\n\\r\\n\n";
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), expected), "{}", ended.stderr);
    }
}

#[test]
fn clients_fail_clearly() {
    for mode in [&[][..], &["--blocking"]] {
        let (listener, address) = listen();
        let client = Running::start(ECHO, &[&["client", "--connect", &address], mode, &["a"]].concat());
        drop(listener.accept().unwrap());
        let ended = client.end();
        assert_eq!(ended.code, Some(1));
        assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);

        drop(listener);
        let ended = run(ECHO, &[&["client", "--connect", &address], mode, &["a"]].concat());
        assert_eq!(ended.code, Some(1));
        assert!(ended.stderr.contains(&format!("cannot connect to {address}")), "{}", ended.stderr);
    }
}
