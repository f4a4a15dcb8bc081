//! Tests of requests to the server of the page that the page itself does not send.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::{CHAT, Page};
use crate::support::patient;

/// Sends a request, and returns the whole answer.
fn ask(page: &Page, head: &str, body: &[u8]) -> String {
    let (address, token) = page.parts();
    let head = head.replace("TOKEN", token).replace("HERE", address);
    let mut stream = patient(TcpStream::connect(address).unwrap());
    let head = format!("{head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    // The server may refuse the request before it has read the whole head or body.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[track_caller]
fn is_answered(page: &Page, head: &str, status: u16) -> String {
    let answer = ask(page, head, b"");
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{head}: {answer}");
    answer
}

const HERE: &str = "Host: HERE";

#[test]
fn only_requests_of_the_page_are_answered() {
    let page = Page::open(CHAT, &[]);
    assert!(page.url.starts_with("http://127.0.0.1:"), "{}", page.url);
    is_answered(&page, &format!("GET /TOKEN/about HTTP/1.1\r\n{HERE}"), 200);
    is_answered(&page, &format!("GET /TOKEN/about HTTP/1.1\r\n{HERE}\r\nOrigin: http://HERE"), 200);
    for path in ["/", "/about", "/0123456789abcdef0123456789abcdef/about", "/TOKEN", "/TOKENx/about"] {
        is_answered(&page, &format!("GET {path} HTTP/1.1\r\n{HERE}"), 403);
    }
    for host in ["evil.example", "evil.example:80", "HERE.evil.example", ""] {
        is_answered(&page, &format!("GET /TOKEN/about HTTP/1.1\r\nHost: {host}"), 421);
    }
    for other in ["Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site"] {
        is_answered(&page, &format!("POST /TOKEN/clear HTTP/1.1\r\n{HERE}\r\n{other}"), 403);
    }
    is_answered(&page, &format!("GET /TOKEN/nothing HTTP/1.1\r\n{HERE}"), 404);
    is_answered(&page, &format!("GET /TOKEN/../about HTTP/1.1\r\n{HERE}"), 404);
    is_answered(&page, &format!("DELETE /TOKEN/about HTTP/1.1\r\n{HERE}"), 405);
}

#[test]
fn the_page_forbids_content_from_elsewhere() {
    let page = Page::open(CHAT, &[]);
    for path in ["", "main.js", "about", "nothing"] {
        let answer = ask(&page, &format!("GET /TOKEN/{path} HTTP/1.1\r\n{HERE}"), b"").to_lowercase();
        for header in [
            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self';",
            "require-trusted-types-for 'script'; trusted-types 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cache-control: no-store",
        ] {
            assert!(answer.contains(header), "{path}: {header} in\n{answer}");
        }
    }
    let drawing = ask(&page, &format!("GET /TOKEN/diagram.svg HTTP/1.1\r\n{HERE}"), b"");
    assert!(drawing.contains("default-src 'none'; style-src 'unsafe-inline'"), "{drawing}");
}

#[test]
fn requests_are_bounded() {
    let page = Page::open(CHAT, &[]);
    let too_long = vec![b' '; (64 << 20) + 1];
    let answer = ask(&page, &format!("POST /TOKEN/make HTTP/1.1\r\n{HERE}"), &too_long);
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let long_head = format!("GET /TOKEN/about HTTP/1.1\r\n{HERE}\r\nX: {}", "x".repeat(200_000));
    let answer = ask(&page, &long_head, b"");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[test]
fn values_are_encoded_and_errors_have_a_position() {
    let page = Page::open(CHAT, &[]);
    let make = |json: &str| {
        let answer =
            ask(&page, &format!("POST /TOKEN/make?type=ChatMsg HTTP/1.1\r\n{HERE}"), json.as_bytes());
        String::from(answer.split("\r\n\r\n").nth(1).unwrap())
    };
    let made = make(r#"{"sender": 1, "receiver": 2, "kind": "Text", "body": "0x6869"}"#);
    assert!(made.contains(r#""hex":"000000010000000201000000026869""#), "{made}");
    assert!(made.contains(r#""path":"body.len""#) && made.contains(r#""of":[13,15]"#), "{made}");
    let wrong = make(r#"{"sender": 1, "receiver": "x", "kind": "Text", "body": "0x"}"#);
    assert!(wrong.contains(r#""path":"ChatMsg.receiver""#), "{wrong}");
    let wrong = make("{\n  \"sender\" 1}");
    assert!(wrong.contains(r#""column":12,"line":2"#), "{wrong}");
    let none = ask(&page, &format!("POST /TOKEN/make?type=Nothing HTTP/1.1\r\n{HERE}"), b"{}");
    assert!(none.contains("unknown type `Nothing`"), "{none}");
}

#[test]
fn downloads_equal_the_output_of_the_commands() {
    let page = Page::open(CHAT, &[]);
    for (what, begins) in [
        ("wireshark&port=8888", "-- "),
        ("kaitai", "meta:"),
        ("python", "\"\"\""),
        ("typescript", "//"),
        ("schema", "{"),
        ("markdown", "#"),
        ("svg", "<svg "),
    ] {
        let answer =
            ask(&page, &format!("GET /TOKEN/download?type=ChatReply&what={what} HTTP/1.1\r\n{HERE}"), b"");
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("filename=\"ChatReply."), "{what}: {head}");
        assert!(text.starts_with(begins) && text.contains("ChatReply"), "{what}: {text}");
    }
    is_answered(&page, &format!("GET /TOKEN/download?what=wireshark&port=0 HTTP/1.1\r\n{HERE}"), 400);
}

#[test]
fn an_incomplete_request_delays_nobody() {
    let page = Page::open(CHAT, &[]);
    let (address, _) = page.parts();
    // The server accepts 64 connections. One is left for the request.
    let silent: Vec<TcpStream> = (0..63).map(|_| TcpStream::connect(address).unwrap()).collect();
    is_answered(&page, &format!("GET /TOKEN/about HTTP/1.1\r\n{HERE}"), 200);
    drop(silent);
    let mut stream = patient(TcpStream::connect(address).unwrap());
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(b"nonsense\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}
