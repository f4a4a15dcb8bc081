//! HTTP/1.1 request heads (RFC 9112, sections 2.1, 3 and 5). The bytes are the examples of RFC
//! 9112, section 3.2.1, and of RFC 9110, section 3.9.

use framewright::prelude::*;

use crate::proves;

#[derive(Frame, Debug, Clone, PartialEq)]
struct Request {
    #[until(b" ")]
    method: String,
    #[until(b" ")]
    target: String,
    #[until(b"\r\n" | b"\n")]
    version: String,
    #[until(|line: &String| line.is_empty())]
    #[each(until(b"\r\n" | b"\n"))]
    lines: Vec<String>,
}

/// A request whose header has names and values as separate fields, and ends at the empty line.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(until(b"\r\n\r\n"))]
struct Head {
    #[until(b" ")]
    method: String,
    #[until(b" ")]
    target: String,
    #[until(b"\r\n", between)]
    version: String,
    #[rest]
    #[separated(b"\r\n")]
    fields: Vec<HeaderField>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
struct HeaderField {
    #[until(b": ")]
    name: String,
    #[rest]
    value: String,
}

#[test]
fn lines_end_with_either() {
    let bytes = b"GET /where?q=now HTTP/1.1\r\nHost: www.example.org\r\n\r\n";
    let request = Request {
        method: "GET".into(),
        target: "/where?q=now".into(),
        version: "HTTP/1.1".into(),
        lines: vec!["Host: www.example.org".into(), String::new()],
    };
    proves("http1-request", bytes, request.clone());
    let bare = b"GET /where?q=now HTTP/1.1\nHost: www.example.org\n\n";
    assert_eq!(Request::decode(bare).unwrap(), request);
}

#[test]
fn fields_are_split() {
    let bytes = b"GET /hello.txt HTTP/1.1\r\nUser-Agent: curl/7.64.1\r\nHost: www.example.com\r\nAccept-Language: en, mi\r\n\r\n";
    let field = |name: &str, value: &str| HeaderField { name: name.into(), value: value.into() };
    let head = Head {
        method: "GET".into(),
        target: "/hello.txt".into(),
        version: "HTTP/1.1".into(),
        fields: vec![
            field("User-Agent", "curl/7.64.1"),
            field("Host", "www.example.com"),
            field("Accept-Language", "en, mi"),
        ],
    };
    proves("http1-head", bytes, head.clone());
    let bare = Head { fields: vec![], version: "HTTP/1.0".into(), ..head };
    assert_eq!(bare.to_vec().unwrap(), b"GET /hello.txt HTTP/1.0\r\n\r\n");
    assert_eq!(Head::decode(b"GET /hello.txt HTTP/1.0\r\n\r\n").unwrap(), bare);
}
