//! Tests of `fetch` with plain sockets.

use std::io::Write;
use std::{env, fs, thread};

use crate::support::{Ended, Plain, Program, Running, listen, patient, run};

pub(crate) const FETCH: &str = env!("CARGO_BIN_EXE_fetch");

/// Runs `fetch` with a server that sends this response and then closes the connection.
fn fetch(response: &'static [u8]) -> Ended {
    let (listener, address) = listen();
    let server = thread::spawn(move || {
        let mut peer = patient(listener.accept().unwrap().0);
        let request = format!(
            "GET /a/b?c=d HTTP/1.1\r\nHost: {}\r\nUser-Agent: framewright\r\nAccept: */*\r\nConnection: close\r\n\r\n",
            listener.local_addr().unwrap()
        );
        peer.exchange(response, request.as_bytes());
    });
    let ended = run(FETCH, &[&format!("http://{address}/a/b?c=d")]);
    server.join().unwrap();
    ended
}

#[test]
fn prints_the_header() {
    let ended = fetch(b"HTTP/1.1 404 Not Found\r\nX: y\r\n\r\nbody\r\n\r\nand more");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "HTTP/1.1 404 Not Found\nX: y\n"));
    // A response may have neither header fields nor a body.
    let ended = fetch(b"HTTP/1.0 204 Gone\r\n\r\n");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "HTTP/1.0 204 Gone\n"), "{}", ended.stderr);
}

#[test]
fn saves_the_body() {
    let file = env::temp_dir().join(format!("framewright-fetch-{}", std::process::id()));
    let (listener, address) = listen();
    let client =
        Running::start(FETCH, &["client", &format!("http://{address}"), "-o", file.to_str().unwrap()]);
    let mut peer = patient(listener.accept().unwrap().0);
    peer.expect(b"GET / HTTP/1.1\r\n");
    // The response arrives in pieces that end inside the delimiter. Its body is not text.
    let body: Vec<u8> = (0..300_000u32).map(|n| n.to_le_bytes()[1]).collect();
    for piece in [b"HTTP/1.1 200 OK\r\nX: y\r\n", &b"\r"[..], b"\n", &body] {
        peer.write_all(piece).unwrap();
    }
    peer.finish();
    let ended = client.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(fs::read(&file).unwrap(), body);
    fs::remove_file(&file).unwrap();
}

#[test]
fn a_truncated_body_is_an_error_and_leaves_no_file() {
    let file = env::temp_dir().join(format!("framewright-fetch-cut-{}", std::process::id()));
    for (head, body, says) in [
        ("Content-Length: 10", "only this", "the stream ended within a body"),
        ("Content-Length: 10\r\nContent-Length: 9", "only this", "there are two fields Content-Length"),
        ("Transfer-Encoding: chunked", "4\r\nonly\r\n5\r\n thi", "the stream ended within a body"),
        ("Transfer-Encoding: chunked", "4\r\nonly\r\n", "the connection is closed"),
        ("Transfer-Encoding: chunked", "4\r\nonly this", "EndOfPart"),
        ("Transfer-Encoding: chunked", "what\r\n", "a part of the body has no size"),
    ] {
        let (listener, address) = listen();
        let client = Running::start(FETCH, &[&format!("http://{address}/"), "-o", file.to_str().unwrap()]);
        let mut peer = patient(listener.accept().unwrap().0);
        peer.expect(b"GET / HTTP/1.1\r\n");
        peer.write_all(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}").as_bytes()).unwrap();
        peer.finish();
        let ended = client.end();
        assert_eq!(ended.code, Some(1), "{body:?}");
        assert!(ended.stderr.contains(says), "{body:?}: {}", ended.stderr);
        assert!(!file.exists());
    }
}

#[test]
fn a_body_in_parts_is_put_together() {
    let (listener, address) = listen();
    let file = env::temp_dir().join(format!("framewright-fetch-parts-{}", std::process::id()));
    let client = Running::start(FETCH, &[&format!("http://{address}/"), "-o", file.to_str().unwrap()]);
    let mut peer = patient(listener.accept().unwrap().0);
    peer.expect(b"GET / HTTP/1.1\r\n");
    peer.write_all(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n5\r\n this\r\n0\r\n\r\n",
    )
    .unwrap();
    let ended = client.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(fs::read(&file).unwrap(), b"only this");
    fs::remove_file(&file).unwrap();
}

#[test]
fn a_server_that_stops_in_a_body_is_given_up() {
    let (listener, address) = listen();
    let client = Running::start(FETCH, &[&format!("http://{address}/"), "--timeout", "1"]);
    let mut peer = patient(listener.accept().unwrap().0);
    peer.expect(b"GET / HTTP/1.1\r\n");
    peer.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nonly").unwrap();
    let ended = client.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("nothing of the body arrived"), "{}", ended.stderr);
}

#[test]
fn the_error_of_a_truncated_header_has_its_position() {
    let ended = fetch(b"HTTP/1.1 200 OK\r\nX: y\r\n");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.contains("Response.header at byte 7"), "{}", ended.stderr);
    assert!(ended.stderr.contains("before the end"), "{}", ended.stderr);

    let ended = fetch(b"HTT");
    assert!(ended.stderr.contains("at byte 0"), "{}", ended.stderr);
    let ended = fetch(b"");
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("the connection is closed"), "{}", ended.stderr);
}

#[test]
fn a_reply_that_is_not_http_is_an_error() {
    let ended = fetch(b"SSH-2.0-OpenSSH\r\n\r\n\r\n");
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("at byte 0: expected the constant"), "{}", ended.stderr);
    let ended = fetch(b"HTTP/1.1 200 OK\r\nX: \xff\r\n\r\n");
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("expected UTF-8 text"), "{}", ended.stderr);
}

#[test]
fn a_server_that_is_not_there_is_an_error_that_names_it() {
    let (listener, address) = listen();
    drop(listener);
    let ended = run(FETCH, &[&format!("http://{address}/")]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains(&format!("cannot connect to {address}: ")), "{}", ended.stderr);

    // The domain `.invalid` is reserved, so this name never exists.
    let ended = run(FETCH, &["http://nowhere.invalid/"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("cannot connect to nowhere.invalid:80: "), "{}", ended.stderr);
}

#[test]
fn a_response_over_the_limit_is_an_error() {
    let (listener, address) = listen();
    let client = Running::start(FETCH, &[&format!("http://{address}/"), "--max-size", "1000"]);
    let mut peer = patient(listener.accept().unwrap().0);
    peer.expect(b"GET / HTTP/1.1\r\n");
    peer.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    // The client may close the connection before all of this is sent.
    let _ = peer.write_all(&[0; 100_000]);
    let ended = client.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("the body has more than 1000 bytes"), "{}", ended.stderr);
}

#[test]
fn refuses_urls_other_than_http() {
    let ended = run(FETCH, &["https://localhost/"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("only http:// URLs"), "{}", ended.stderr);
}

#[test]
fn serves_a_page_to_a_plain_client() {
    let server = Program::server(FETCH, &[]);
    let mut peer = server.connect();
    peer.write_all(b"GET /any HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let page =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 22\r\nConnection: close\r\n\r\nDeclared, not parsed.\n";
    assert_eq!(peer.drain(), page);
}
