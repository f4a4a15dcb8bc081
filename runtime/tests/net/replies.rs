//! Tests of closures as handlers: their replies and their captured state.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::frames::{Line, Msg};
use crate::peer::{Raw, Running, blocking};

async fn exchange(server: Running, request: &'static [u8]) -> Vec<u8> {
    let address = server.address;
    let reply = blocking(move || {
        let mut raw = Raw::connect(address);
        raw.send(request);
        raw.finish();
        raw.recv_all()
    })
    .await;
    server.stop().await;
    reply
}

#[tokio::test]
async fn a_frame() {
    let server = Running::start(async |line: Line| Line::new(line.text.to_uppercase())).await;
    assert_eq!(exchange(server, b"a\nb\n").await, b"A\nB\n");
}

#[tokio::test]
async fn an_option() {
    let server = Running::start(async |line: Line| (line.text != "b").then_some(line)).await;
    assert_eq!(exchange(server, b"a\nb\nc\n").await, b"a\nc\n");
}

#[tokio::test]
async fn a_list() {
    let server = Running::start(async |line: Line| vec![line.clone(), line]).await;
    assert_eq!(exchange(server, b"a\nb\n").await, b"a\na\nb\nb\n");
}

#[tokio::test]
async fn nothing() {
    let heard = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&heard);
    let server = Running::start(async move |_: Line| {
        counter.fetch_add(1, Ordering::Relaxed);
    })
    .await;
    assert_eq!(exchange(server, b"a\nb\n").await, b"");
    assert_eq!(heard.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_result_closes_on_an_error() {
    let server = Running::start(async |line: Line| -> Result<Line, std::num::ParseIntError> {
        let number: u32 = line.text.parse()?;
        Ok(Line::new((number + 1).to_string()))
    })
    .await;
    assert_eq!(exchange(server, b"1\n2\nx\n3\n").await, b"2\n3\n");
}

#[tokio::test]
async fn a_result_of_an_option() {
    let server = Running::start(async |line: Line| -> Result<Option<Line>, &'static str> {
        match &*line.text {
            "quiet" => Ok(None),
            "die" => Err("as asked"),
            _ => Ok(Some(line)),
        }
    })
    .await;
    assert_eq!(exchange(server, b"a\nquiet\ndie\nb\n").await, b"a\n");
}

#[tokio::test]
async fn requests_and_replies_of_two_types() {
    let server = Running::start(async |line: Line| Msg::new(line.text)).await;
    assert_eq!(exchange(server, b"hi\n").await, b"\0\0\0\0\x02hi");
}
