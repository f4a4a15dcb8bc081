//! Requests byte by byte.

use std::fs;
use std::io::Write;

use crate::Served;
use crate::support::Plain;

const CREATED: &[u8] = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";

#[test]
fn requests_follow_each_other_on_one_connection() {
    let served = Served::new("requests");
    let mut peer = served.server.connect();
    // All at once, body and all.
    peer.exchange(
        b"PUT /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloPUT /b HTTP/1.1\r\ncontent-length: 0\r\n\r\n",
        &[CREATED, CREATED].concat(),
    );
    peer.exchange(
        b"PUT /a.txt HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\nA\r\nlo, chunks\r\n0\r\nX: y\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
    );
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: application/octet-stream\r\n\r\n";
    peer.exchange(b"HEAD /a.txt HTTP/1.1\r\n\r\n", head);
    peer.exchange(
        b"GET /a.txt HTTP/1.1\r\nConnection: close\r\n\r\n",
        &[&head[..], b"hello, chunks"].concat(),
    );
    assert_eq!(peer.drain(), b"");
    assert_eq!(served.files(), ["a.txt", "b"]);
}

#[test]
fn a_client_that_asks_is_told_to_continue() {
    let served = Served::with("continue", &["--max-size", "1000"]);
    let mut peer = served.server.connect();
    peer.exchange(head("3").as_bytes(), b"HTTP/1.1 100 Continue\r\n\r\n");
    peer.exchange(b"abc", CREATED);
    // Who announces too much sends nothing in vain.
    for len in ["1001", "9223372036854775808", "18446744073709551615"] {
        let mut peer = served.server.connect();
        peer.exchange(head(len).as_bytes(), b"HTTP/1.1 413 Content Too Large\r\n");
        peer.drain();
    }
    // Who says nothing of it beforehand is stopped when it is too much.
    let mut peer = served.server.connect();
    peer.write_all(b"PUT /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n").unwrap();
    let _ = peer.write_all(&[0; 2000]);
    assert_eq!(peer.drain(), b"");
    assert_eq!(served.files(), ["a"]);
}

fn head(len: &str) -> String {
    format!("PUT /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: {len}\r\n\r\n")
}

#[test]
fn names_lead_nowhere_else() {
    let served = Served::new("names");
    fs::write(served.folder.join(".hidden"), "secret").unwrap();
    fs::create_dir(served.folder.join("folder")).unwrap();
    let long = "x".repeat(201);
    for target in [
        "/",
        "/.",
        "/..",
        "/../secret",
        "/.hidden",
        "//etc/passwd",
        "/a/b",
        "/a%2fb",
        "/%2e%2e",
        "/a\\b",
        "/a?b",
        "/folder",
        "*",
        "http://x/a",
        "a",
        "/caf\u{e9}",
        &format!("/{long}"),
    ] {
        for method in ["GET", "PUT"] {
            if (method, target) == ("PUT", "/folder") {
                continue;
            }
            let mut peer = served.server.connect();
            peer.write_all(format!("{method} {target} HTTP/1.1\r\nContent-Length: 0\r\n\r\n").as_bytes())
                .unwrap();
            let answer = peer.drain();
            assert!(answer.starts_with(b"HTTP/1.1 404 "), "{method} {target}: {}", answer.escape_ascii());
        }
    }
    assert_eq!(served.files(), [".hidden", "folder"]);
}

#[test]
fn what_is_no_request_is_refused() {
    let served = Served::new("refused");
    for (request, status) in [
        (&b"PUT /a HTTP/1.1\r\n\r\n"[..], "411"),
        (b"DELETE /a HTTP/1.1\r\n\r\n", "405"),
        (b"PUT /a HTTP/1.1\r\nContent-Length: +1\r\n\r\nx", "400"),
        (b"PUT /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "400"),
        (b"PUT /a HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
        (b"PUT /a HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "400"),
        (b"GET /a HTTP/2.0\r\n\r\n", "400"),
        (b"GET /a HTTP/1.1\r\nX: \xff\r\n\r\n", "400"),
    ] {
        let mut peer = served.server.connect();
        peer.write_all(request).unwrap();
        let answer = peer.finish();
        assert!(answer.starts_with(format!("HTTP/1.1 {status} ").as_bytes()), "{}", answer.escape_ascii());
    }
    assert!(served.files().is_empty());
}

#[test]
fn a_file_that_is_cut_short_is_not_there() {
    let mut served = Served::new("cut");
    fs::write(served.folder.join("a"), "before").unwrap();
    let mut peer = served.server.connect();
    peer.write_all(b"PUT /a HTTP/1.1\r\nContent-Length: 1000\r\n\r\nonly this").unwrap();
    assert_eq!(peer.finish(), b"");
    served.server.wait_for(&["the stream ended within a body"]);
    assert_eq!(fs::read(served.folder.join("a")).unwrap(), b"before");
    assert_eq!(served.files(), ["a"]);
}
