//! Tests of the upgrade from HTTP to WebSocket.

use std::io::Write;

use super::{GRANTED, HEAD, TEXT, WS, received, whole};
use crate::support::{Plain, Program};

#[test]
fn frames_may_come_with_the_head() {
    let server = Program::server(WS, &[]);
    let mut peer = server.connect();
    let bytes = [HEAD.as_bytes(), &whole(TEXT, b"early")].concat();
    peer.exchange(&bytes, &[GRANTED.as_bytes(), &received(TEXT, b"early")].concat());
}

#[test]
fn requests_without_an_upgrade_are_refused() {
    let server = Program::server(WS, &[]);
    for (from, to, status) in [
        ("GET", "POST", "400 Bad Request"),
        ("Upgrade: websocket\r\n", "", "426 Upgrade Required"),
        ("Version: 13", "Version: 8", "426 Upgrade Required"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "short", "400 Bad Request"),
        ("Host: localhost\r\n", "", "400 Bad Request"),
        ("Host: localhost\r\n", "Host: localhost\r\nHost: localhost\r\n", "400 Bad Request"),
        ("Host: localhost\r\n", "Host : localhost\r\n", "400 Bad Request"),
        ("HTTP/1.1", "HTTP/1.0", "400 Bad Request"),
        ("Host: localhost\r\n", "Host: localhost\r\nOrigin: http://evil.example\r\n", "403 Forbidden"),
    ] {
        let head = HEAD.replacen(from, to, 1);
        let mut peer = server.connect();
        peer.write_all(head.as_bytes()).unwrap();
        let said = String::from_utf8(peer.drain()).unwrap();
        let end = "\r\nContent-Length: 0\r\nConnection: close\r\n";
        assert!(said.starts_with(&format!("HTTP/1.1 {status}{end}")), "{from:?} {to:?}: {said}");
    }
    let mut peer = server.connect();
    peer.write_all("GET / HTTP/1.1\r\nx: ".as_bytes()).unwrap();
    peer.write_all("y".repeat(20_000).as_bytes()).unwrap();
    assert!(peer.drain().starts_with(b"HTTP/1.1 400 Bad Request\r\n"));
}
