//! Tests of the chat over WebSocket, without a browser: the files of the page, chat frames in
//! WebSocket messages, and refusals.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};

use super::{ADAS, BOBS, CHAT, greeted, hello, msg, refusal, reply, taken, web, welcome};
use crate::support::{Plain, Program, connect};
use crate::ws::{received, sent, whole};

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

const MORE: u8 = 0;

fn serve(args: &[&str]) -> (Program, SocketAddr) {
    let mut server = Program::server(CHAT, &[&["--web", "127.0.0.1:0"], args].concat());
    let address = web(&mut server);
    (server, address)
}

/// Returns the response to a request with this request line and these header fields.
fn asked(address: SocketAddr, first: &str, lines: &str) -> String {
    let mut peer = connect(address);
    write!(peer, "{first} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{lines}\r\n").unwrap();
    String::from_utf8(peer.drain()).unwrap()
}

fn upgraded(address: SocketAddr) -> TcpStream {
    let mut peer = connect(address);
    let head = format!(
        "GET /chat HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    );
    let granted = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    peer.exchange(head.as_bytes(), granted);
    peer
}

/// Encodes a WebSocket message of a client with these chat frames.
fn says(frames: &[Vec<u8>]) -> Vec<u8> {
    whole(BINARY, &frames.concat())
}

/// Encodes a WebSocket message of the server with this reply.
fn hears(reply: Vec<u8>) -> Vec<u8> {
    received(BINARY, &reply)
}

fn closing(code: u16, reason: &str) -> Vec<u8> {
    received(CLOSE, &[&code.to_be_bytes()[..], reason.as_bytes()].concat())
}

/// Connects over WebSocket, as a page does, and takes a name by a hello.
fn page(address: SocketAddr, name: u32) -> TcpStream {
    let mut peer = upgraded(address);
    peer.exchange(&says(&[hello(name, 0, ADAS, "")]), &hears(welcome(0, 0)));
    peer
}

#[test]
fn only_the_files_of_the_page_are_served() {
    let (_server, address) = serve(&["--max-body", "5000"]);
    for (target, kind, part) in [
        ("/", "text/html", "<title>Chat</title>"),
        ("/?x", "text/html", "<title>Chat</title>"),
        ("/style.css", "text/css", "prefers"),
        ("/page.js", "text/javascript", "import { Talk }"),
        ("/talk.js", "text/javascript", "export class Talk"),
        ("/icon.svg", "image/svg+xml", "<svg "),
        ("/codec.js", "text/javascript", "export const MAX_BODY = 5000;\nexport const PASSWORDS = false;\n"),
    ] {
        let said = asked(address, &format!("GET {target}"), "");
        assert!(said.starts_with("HTTP/1.1 200 OK\r\n"), "{target}: {said}");
        let (head, body) = said.split_once("\r\n\r\n").unwrap();
        let part = if target == "/style.css" { "color-scheme: light dark" } else { part };
        assert!(body.contains(part), "{target}: {body}");
        for line in [
            format!("Content-Length: {}", body.len()),
            format!("Content-Type: {kind}; charset=utf-8"),
            "X-Content-Type-Options: nosniff".to_owned(),
        ] {
            assert!(head.contains(&line), "{target}: no {line:?} in {head}");
        }
        assert!(
            head.contains("\r\nContent-Security-Policy: default-src 'none'; script-src 'self'; "),
            "{head}"
        );
        assert!(
            !body.contains("http://") || kind == "image/svg+xml",
            "{target} has something from elsewhere"
        );
        let head_only = asked(address, &format!("HEAD {target}"), "");
        assert_eq!(head_only, format!("{head}\r\n\r\n"));
    }
    for (first, status) in [
        ("GET /../Cargo.toml", "404 Not Found"),
        ("GET /page.js/", "404 Not Found"),
        ("POST /", "405 Method Not Allowed"),
        ("GET /chat", "426 Upgrade Required"),
        ("GET", "400 Bad Request"),
    ] {
        let said = asked(address, first, "");
        assert!(said.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{first}: {said}");
    }
    // A connection can carry several requests.
    let mut peer = connect(address);
    let request = format!("GET /icon.svg HTTP/1.1\r\nHost: {address}\r\n\r\n");
    peer.write_all(request.repeat(2).as_bytes()).unwrap();
    let both = String::from_utf8(peer.finish()).unwrap();
    assert_eq!(both.matches("HTTP/1.1 200 OK").count(), 2);
}

#[test]
fn pages_of_other_hosts_are_refused() {
    let (_server, address) = serve(&[]);
    let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for origin in ["http://evil.example", "null", "http://127.0.0.1", "https://127.0.0.1:1"] {
        let mut peer = connect(address);
        write!(peer, "GET /chat HTTP/1.1\r\nHost: {address}\r\nOrigin: {origin}\r\n{upgrade}\r\n").unwrap();
        let said = String::from_utf8(peer.drain()).unwrap();
        assert!(said.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{origin}: {said}");
    }
}

#[test]
fn a_page_and_a_client_over_tcp_talk() {
    let (server, address) = serve(&[]);
    let mut ada = page(address, 1);
    let mut bob = greeted(&server, 2, BOBS, 0, 0);
    // A WebSocket message can contain several chat frames, and can be fragmented.
    let two = says(&[msg(1, 2, 1, b"one"), msg(1, 2, 2, b"two")]);
    ada.exchange(&two, &[hears(reply(1, 1, b"one")), hears(reply(1, 2, b"two"))].concat());
    bob.expect(&[reply(1, 1, b"one"), reply(1, 2, b"two")].concat());
    let three = msg(1, 2, 1, b"three");
    let pieces = [sent(BINARY, &three[..5]), sent(MORE, &three[5..15]), whole(MORE, &three[15..])].concat();
    ada.exchange(&pieces, &hears(reply(1, 1, b"three")));
    bob.expect(&reply(1, 1, b"three"));
    let large = vec![b'x'; 300_000];
    bob.exchange(&msg(2, 1, 2, &large), &reply(2, 2, &large));
    ada.expect(&hears(reply(2, 2, &large)));
    ada.exchange(&whole(PING, b"?"), &received(PONG, b"?"));
    // The page has acknowledged nothing, so the message is sent again. Then the page acknowledges
    // it.
    ada.exchange(&whole(CLOSE, &1000_u16.to_be_bytes()), &closing(1000, ""));
    assert_eq!(ada.drain(), b"");
    let mut ada = upgraded(address);
    ada.exchange(&says(&[hello(1, 0, ADAS, "")]), &hears(welcome(3, 0)));
    ada.expect(&hears(reply(2, 2, &large)));
    ada.write_all(&says(&[taken(1, 1)])).unwrap();
    ada.exchange(&whole(CLOSE, b""), &received(CLOSE, b""));
    let mut ada = upgraded(address);
    ada.exchange(&says(&[hello(1, 1, ADAS, "")]), &hears(welcome(3, 1)));
}

/// Sends a hello and then these bytes. Returns what the server sends after the answer to the hello.
fn heard(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut peer = upgraded(address);
    peer.write_all(&says(&[hello(1, 0, ADAS, "")])).unwrap();
    peer.expect(&hears(welcome(0, 0)));
    peer.write_all(bytes).unwrap();
    peer.drain()
}

#[test]
fn refuses_messages_that_are_not_of_the_chat() {
    let (_server, address) = serve(&["--max-body", "1000"]);
    let most = vec![b'x'; 1000];
    let fits = heard(address, &[says(&[msg(1, 0, 1, &most)]), whole(CLOSE, b"")].concat());
    assert_eq!(fits, [hears(reply(1, 1, &most)), received(CLOSE, b"")].concat());

    let too_large = || {
        let refusal = hears(refusal("it is larger than this server allows"));
        [refusal, closing(1009, "the message is too large")].concat()
    };
    let over = msg(1, 0, 1, &[b'x'; 1001]);
    let before = [says(&[msg(1, 0, 1, b"before")]), says(std::slice::from_ref(&over))].concat();
    assert_eq!(heard(address, &before), [hears(reply(1, 1, b"before")), too_large()].concat());
    let pieces = [sent(BINARY, &over[..600]), whole(MORE, &over[600..])].concat();
    assert_eq!(heard(address, &pieces), too_large());
    // The frame announces a payload of 1 TiB, but contains none of it.
    let claim = [&[0x82, 0xff][..], &(1_u64 << 40).to_be_bytes(), &[0; 4]].concat();
    assert_eq!(heard(address, &claim), too_large());

    let cut = msg(1, 0, 1, b"cut")[..10].to_vec();
    for (bytes, code, reason) in [
        (whole(TEXT, b"hello"), 1003, "the chat uses binary messages"),
        (says(&[cut]), 1007, "not a message of the chat"),
        (received(BINARY, b"unmasked"), 1002, "clients mask their frames, servers do not"),
        (whole(3, b""), 1002, "malformed frame"),
        (says(&[taken(1, 7)]), 1008, "violates the rules of the chat"),
        (says(&[hello(1, 0, ADAS, "")]), 1008, "violates the rules of the chat"),
    ] {
        let said = heard(address, &bytes);
        assert_eq!(said.escape_ascii().to_string(), closing(code, reason).escape_ascii().to_string());
    }
    // The server refuses this hello.
    let mut peer = upgraded(address);
    peer.write_all(&says(&[hello(0, 0, ADAS, "")])).unwrap();
    assert_eq!(peer.drain(), [hears(refusal("0 is the server")), closing(1000, "")].concat());
}

#[test]
fn a_page_learns_that_its_name_is_used_elsewhere() {
    let (server, address) = serve(&["--takeover"]);
    let page = page(address, 1);
    let _client = greeted(&server, 1, BOBS, 0, 0);
    assert_eq!(page.drain(), closing(4001, "the name is used elsewhere now"));
}

#[cfg(unix)]
#[test]
fn a_server_that_stops_sends_a_close_frame() {
    let (mut server, address) = serve(&[]);
    let mut page = page(address, 1);
    page.exchange(&whole(PING, b"?"), &received(PONG, b"?"));
    server.interrupt();
    assert_eq!(page.drain(), closing(1001, "the server is stopping"));
    assert_eq!(server.status().code(), Some(0));
}
