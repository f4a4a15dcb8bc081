//! Tests of the counters.

use framewright::net::{Limits, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::frames::Line;
use crate::peer::{Raw, blocking};

#[tokio::test]
async fn counters_count() {
    let mut server = Server::new(async |line: Line| -> Result<Line, &'static str> {
        match &*line.text {
            "panic" => panic!("as asked"),
            "fail" => Err("as asked"),
            _ => Ok(line),
        }
    });
    let counters = server.counters();
    let server = server.limits(Limits::new().connections(1)).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    tokio::spawn(server.serve());

    for (last, frames) in [(&b""[..], 1), (b"panic\n", 2), (b"fail\n", 2), (b"\xff\n", 1)] {
        let before = counters.snapshot();
        blocking(move || {
            let mut raw = Raw::connect(address);
            raw.send(b"hello\n");
            assert_eq!(raw.recv(6), b"hello\n");
            assert_eq!(Raw::connect(address).recv_all(), b"", "refused");
            raw.send(last);
            raw.finish();
            raw.recv_all();
        })
        .await;
        let after = loop {
            let stats = counters.snapshot();
            if stats.open() == 0 {
                break stats;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(after.accepted - before.accepted, 1);
        assert_eq!(after.refused - before.refused, 1);
        assert_eq!(after.frames - before.frames, frames);
        assert_eq!(after.bytes_in - before.bytes_in, 6 + u64::try_from(last.len()).unwrap());
        assert_eq!(after.bytes_out - before.bytes_out, 6);
    }
    let stats = counters.snapshot();
    assert_eq!((stats.malformed, stats.failures, stats.panics, stats.timeouts), (1, 1, 1, 0));
}

#[tokio::test]
async fn later_failures_are_counted_too() {
    let mut server = Server::new(async |line: Line| -> Result<Line, &'static str> {
        tokio::task::yield_now().await;
        assert_ne!(line.text, "panic");
        Err("as asked")
    });
    let counters = server.counters();
    let server = server.concurrency(4);
    for (line, failures, panics) in [("fail\n", 1, 0), ("panic\n", 1, 1)] {
        let (mut ours, theirs) = tokio::io::duplex(64);
        ours.write_all(line.as_bytes()).await.unwrap();
        let serving = server.serve_connection(theirs);
        let (served, read) = tokio::join!(serving, async move { ours.read(&mut [0]).await });
        served.unwrap();
        assert_eq!(read.unwrap(), 0, "closed");
        let stats = counters.snapshot();
        assert_eq!((stats.failures, stats.panics), (failures, panics), "{line}");
    }
}
