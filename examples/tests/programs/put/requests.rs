//! Tests with requests that are written as bytes.

use std::fs;
use std::io::Write;
#[cfg(unix)]
use std::process::Command;

#[cfg(unix)]
use super::PUT;
use super::Served;
use crate::support::Plain;
#[cfg(unix)]
use crate::support::Program;

const CREATED: &[u8] = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";

#[test]
fn requests_follow_each_other_on_one_connection() {
    let served = Served::new("requests");
    let mut peer = served.server.connect();
    // Both requests are sent in one write, with their bodies.
    peer.exchange(
        b"PUT /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloPUT /b HTTP/1.1\r\nHost: x\r\ncontent-length: 0\r\n\r\n",
        &[CREATED, CREATED].concat(),
    );
    peer.exchange(
        b"PUT /a.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\nA\r\nlo, chunks\r\n0\r\nX: y\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
    );
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: application/octet-stream\r\n\r\n";
    peer.exchange(b"HEAD /a.txt HTTP/1.1\r\nHost: x\r\n\r\n", head);
    peer.exchange(
        b"GET http://x/a.txt HTTP/1.1\r\nHost: x\r\nConnection: x, close\r\n\r\n",
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
    // A client that announces a body above the limit is refused before it sends the body.
    for len in ["1001", "9223372036854775808", "18446744073709551615"] {
        let mut peer = served.server.connect();
        peer.exchange(head(len).as_bytes(), b"HTTP/1.1 413 Content Too Large\r\n");
        peer.drain();
    }
    // A client that does not announce the size is refused when the body exceeds the limit.
    let mut peer = served.server.connect();
    peer.write_all(b"PUT /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n").unwrap();
    let _ = peer.write_all(&[0; 2000]);
    let answer = peer.drain();
    assert!(answer.starts_with(b"HTTP/1.1 413 Content Too Large\r\n"), "{}", answer.escape_ascii());
    assert_eq!(served.files(), ["a"]);
}

fn head(len: &str) -> String {
    format!("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {len}\r\n\r\n")
}

#[test]
fn names_cannot_leave_the_folder() {
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
        "a",
        "/caf\u{e9}",
        &format!("/{long}"),
    ] {
        for method in ["GET", "PUT"] {
            if (method, target) == ("PUT", "/folder") {
                continue;
            }
            let mut peer = served.server.connect();
            peer.write_all(
                format!("{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").as_bytes(),
            )
            .unwrap();
            let answer = peer.drain();
            assert!(answer.starts_with(b"HTTP/1.1 404 "), "{method} {target}: {}", answer.escape_ascii());
        }
    }
    assert_eq!(served.files(), [".hidden", "folder"]);
}

#[test]
fn malformed_requests_are_refused() {
    let served = Served::new("refused");
    for (request, status) in [
        (&b"PUT /a HTTP/1.1\r\nHost: x\r\n\r\n"[..], "411"),
        (b"DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n", "405"),
        (b"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\nx", "400"),
        (b"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "400"),
        (
            b"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "400",
        ),
        (b"PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "400"),
        // Other HTTP servers may read these lines as a field, as part of the previous field, or as
        // two fields.
        (b"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length : 1\r\n\r\nx", "400"),
        (b"PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\nContent-Length: 1\r\n\r\nx", "400"),
        (b"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n 0\r\n\r\nx", "400"),
        (b"GET /a HTTP/1.1\r\nHost: x\r\nX: y\nContent-Length: 5\r\n\r\n", "400"),
        // The number parser of Rust would accept a sign.
        (b"PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\nx\r\n0\r\n\r\n", "400"),
        (b"PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", "400"),
        (b"PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n", "400"),
        (b"GET /a HTTP/1.1\r\n\r\n", "400"),
        (b"GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400"),
        (b"GET /a HTTP/2.0\r\n\r\n", "400"),
        (b"GET /a HTTP/1.1\r\nHost: x\r\nX: \xff\r\n\r\n", "400"),
    ] {
        let mut peer = served.server.connect();
        peer.write_all(request).unwrap();
        let answer = peer.finish();
        assert!(answer.starts_with(format!("HTTP/1.1 {status} ").as_bytes()), "{}", answer.escape_ascii());
    }
    assert!(served.files().is_empty());
}

#[test]
fn a_body_is_never_taken_for_a_request() {
    let served = Served::new("smuggled");
    fs::write(served.folder.join("a"), "abc").unwrap();
    let smuggled = "PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    for method in ["GET", "HEAD", "DELETE"] {
        for field in [&format!("Content-Length: {}", smuggled.len()), "Transfer-Encoding: chunked"] {
            let mut peer = served.server.connect();
            peer.write_all(
                format!("{method} /a HTTP/1.1\r\nHost: x\r\n{field}\r\n\r\n{smuggled}").as_bytes(),
            )
            .unwrap();
            let answer = peer.drain();
            let status = if method == "DELETE" { "405" } else { "400" };
            assert!(
                answer.starts_with(format!("HTTP/1.1 {status} ").as_bytes()),
                "{}",
                answer.escape_ascii()
            );
        }
    }
    assert_eq!(served.files(), ["a"]);
}

#[test]
fn the_trailer_of_a_body_is_limited() {
    let served = Served::new("trailer");
    let line = format!("X: {}\r\n", "y".repeat(995));
    for (lines, status) in [(16, "201"), (17, "400")] {
        let mut peer = served.server.connect();
        let head = "PUT /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
        peer.write_all(format!("{head}0\r\n{}\r\n", line.repeat(lines)).as_bytes()).unwrap();
        let answer = peer.drain();
        assert!(answer.starts_with(format!("HTTP/1.1 {status} ").as_bytes()), "{}", answer.escape_ascii());
    }
    assert_eq!(served.files(), ["a"]);
}

/// A limit on the size of files simulates a full disk: writing fails in the same way.
#[test]
#[cfg(unix)]
fn a_file_for_which_there_is_no_room_is_refused() {
    let limited = "trap '' XFSZ; ulimit -f 8; exec \"$0\" server --listen 127.0.0.1:0 --root \"$1\"";
    let served =
        Served::by("full", |root| Program::start(Command::new("sh").args(["-c", limited, PUT, root])));
    for (head, foot) in [
        ("Content-Length: 100000\r\n\r\n", ""),
        ("Transfer-Encoding: chunked\r\n\r\n186a0\r\n", "\r\n0\r\n\r\n"),
    ] {
        let mut peer = served.server.connect();
        // The server may refuse the request before all of it is sent.
        let _ = peer.write_all(
            format!("PUT /a HTTP/1.1\r\nHost: x\r\n{head}{}{foot}", "x".repeat(100_000)).as_bytes(),
        );
        let answer = peer.drain();
        assert!(answer.starts_with(b"HTTP/1.1 507 Insufficient Storage\r\n"), "{}", answer.escape_ascii());
    }
    assert!(served.files().is_empty());
}

/// Each upload takes two descriptors: for its connection and for its file.
#[test]
#[cfg(unix)]
fn there_are_descriptors_for_the_files_of_all_connections() {
    let limited = "ulimit -n 64; exec \"$0\" server --listen 127.0.0.1:0 --root \"$1\"";
    let served =
        Served::by("descriptors", |root| Program::start(Command::new("sh").args(["-c", limited, PUT, root])));
    let mut uploads = Vec::new();
    for number in 0..40 {
        let mut peer = served.server.connect();
        // A server with too many connections closes further connections at once.
        let _ = peer.write_all(head("3").replace("/a", &format!("/{number}")).as_bytes());
        let mut first = [0; 12];
        if std::io::Read::read_exact(&mut peer, &mut first).is_ok() {
            assert_eq!(first.escape_ascii().to_string(), "HTTP/1.1 100");
            uploads.push(peer);
        }
    }
    assert_eq!(uploads.len(), 8);
}

#[test]
fn a_truncated_upload_leaves_no_file() {
    let mut served = Served::new("cut");
    fs::write(served.folder.join("a"), "before").unwrap();
    let mut peer = served.server.connect();
    peer.write_all(b"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nonly this").unwrap();
    assert_eq!(peer.finish(), b"");
    served.server.wait_for(&["the stream ended within a body"]);
    assert_eq!(fs::read(served.folder.join("a")).unwrap(), b"before");
    assert_eq!(served.files(), ["a"]);
}

#[test]
fn the_space_of_a_folder_is_limited() {
    let served = Served::with("room", &["--room", "30000"]);
    let put = |name: &str, len: usize, answer: &[u8]| {
        let mut peer = served.server.connect();
        peer.write_all(
            format!("PUT /{name} HTTP/1.1\r\nHost: x\r\nContent-Length: {len}\r\n\r\n").as_bytes(),
        )
        .unwrap();
        // The server may refuse the request before all of the body is sent.
        let _ = peer.write_all(&vec![7; len]);
        peer.exchange(b"", answer);
    };
    put("a", 10_000, CREATED);
    put("b", 20_000, b"HTTP/1.1 507 Insufficient Storage\r\n");
    assert_eq!(served.files(), ["a"]);
    // The space of a replaced file can be used again.
    put("a", 1000, b"HTTP/1.1 204 No Content\r\n\r\n");
    put("b", 20_000, CREATED);
    assert_eq!(served.files(), ["a", "b"]);
}
