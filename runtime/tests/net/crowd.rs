//! Tests of many connections at once: silent and hostile peers, and ordinary peers among them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use framewright::Encode;
use framewright::net::{CloseReason, Limits, Server, Timeout};
use tokio::sync::oneshot;

use crate::frames::{Line, Msg};
use crate::peer::{Raw, Running, blocking};
use crate::recorder::{Recorder, closed, opened};

const CROWD: usize = 500;

/// Opens many connections that send nothing, and an honest connection. While `goes_on` returns
/// `true`, half of the silent ones send single bytes, and the honest one must be answered. Returns
/// all of them except the honest one.
fn crowd(address: SocketAddr, mut goes_on: impl FnMut(usize) -> bool) -> Vec<Raw> {
    let mut crowd: Vec<Raw> = (0..CROWD).map(|_| Raw::connect(address)).collect();
    let mut honest = Raw::connect(address);
    let mut round = 0;
    while goes_on(round) {
        if let Some(slow) = crowd.get_mut(round % (CROWD / 2)) {
            let _ = slow.0.write(b"x");
        }
        round += 1;
        honest.send(b"hello\n");
        assert_eq!(honest.recv(6), b"hello\n");
    }
    crowd
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_silent_and_the_slow_do_not_disturb() {
    // There is no time limit, so an honest client that had to wait for another one would wait for
    // ever.
    let limits = Limits::new().first_frame_time(None).frame_time(None);
    let server = Running::with(async |line: Line| line, limits).await;
    let address = server.address;
    let others = blocking(move || crowd(address, |round| round < 1000)).await;
    drop(others);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_silent_and_the_slow_run_out_of_time() {
    let time = Duration::from_millis(700);
    let mut server = Server::new(async |line: Line| line);
    let counters = server.counters();
    let limits = Limits::new().first_frame_time(time).frame_time(time);
    let server = server.limits(limits).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(server.serve_until(stopped));
    let all = u64::try_from(CROWD).unwrap();
    blocking(move || {
        for mut raw in crowd(address, |_| counters.snapshot().timeouts < all) {
            // The connection is closed: the stream ends, or is reset if bytes were still in flight.
            assert!(!matches!(raw.0.read(&mut [0]), Ok(1..)), "still open");
        }
    })
    .await;
    drop(stop);
    task.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_never_reads_hurts_nobody_else() {
    let (handler, mut events) = Recorder::new();
    let limits = Limits::new().out_buffer(64 * 1024).slow_reader(Duration::from_millis(500));
    let server = Running::with(handler, limits).await;
    let address = server.address;
    let deaf = blocking(move || Raw::connect(address)).await;
    let deaf_peer = opened(&mut events).await;
    let mut other = blocking(move || Raw::connect(address)).await;
    let other_peer = opened(&mut events).await;

    let frame = Msg::new(vec![7; 1000]);
    let listening = std::thread::spawn(move || other.recv(1005 * 20_000));
    let (mut full, mut sent) = (false, 0);
    while sent < 20_000 {
        full |= deaf_peer.try_send(frame.clone()).is_err();
        other_peer.send(&frame).await.unwrap();
        sent += 1;
    }
    assert!(full, "the kernel took everything");
    assert_eq!(blocking(move || listening.join().unwrap().len()).await, 1005 * 20_000);
    // Both the client that does not read and the client that has left are closed.
    let reasons = [closed(&mut events).await, closed(&mut events).await];
    assert!(
        reasons.iter().any(|why| matches!(why, CloseReason::Timeout(Timeout::SlowReader))),
        "{reasons:?}"
    );
    drop(deaf);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_has_arrived_is_left_unanswered() {
    const CLIENTS: usize = 50;
    const FRAMES: usize = 2000;
    let server = Running::start(async |msg: Msg| {
        tokio::task::yield_now().await;
        msg
    })
    .await;
    let address = server.address;
    let all: Arc<Vec<u8>> = Arc::new(Msg::new("work").to_vec().unwrap().repeat(FRAMES));
    let sent = Arc::new(Barrier::new(CLIENTS + 1));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (all, sent) = (Arc::clone(&all), Arc::clone(&sent));
            std::thread::spawn(move || {
                let mut raw = Raw::connect(address);
                raw.send(&all);
                sent.wait();
                raw.recv_all().len()
            })
        })
        .collect();
    blocking(move || sent.wait()).await;
    server.stop().await;
    let expected = all.len();
    blocking(move || {
        for client in clients {
            assert_eq!(client.join().unwrap(), expected);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_from_many_leaves_the_server_standing() {
    let server = Running::start(async |msg: Msg| msg).await;
    let address = server.address;
    blocking(move || {
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..300 {
            let garbage: Vec<u8> = (0..512)
                .map(|_| {
                    seed ^= seed << 13;
                    seed ^= seed >> 7;
                    seed ^= seed << 17;
                    seed.to_le_bytes()[0]
                })
                .collect();
            let mut raw = Raw(TcpStream::connect(address).unwrap());
            // Writing fails if the server has already closed the connection.
            let _ = raw.0.write_all(&garbage);
        }
        let mut raw = Raw::connect(address);
        raw.send(&Msg::new("fine").to_vec().unwrap());
        assert_eq!(raw.recv(9), Msg::new("fine").to_vec().unwrap());
    })
    .await;
    server.stop().await;
}
