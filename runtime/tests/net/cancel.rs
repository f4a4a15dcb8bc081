//! Tests of dropping futures at every point where they wait: no frame is lost or sent twice.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use framewright::net::{Client, Server};
use framewright::{ClientOptions, Encode, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use crate::frames::{Line, Msg};
use crate::recorder::{Recorder, opened};

/// Polls a future a number of times, then drops it.
fn poll_times<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..times {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return Some(output);
        }
    }
    None
}

/// Reads the bytes that are in the pipe now.
fn take(pipe: &mut DuplexStream, seen: &mut Vec<u8>) {
    let mut part = [0; 64];
    if let Some(read) = poll_times(pipe.read(&mut part), 1) {
        seen.extend_from_slice(&part[..read.unwrap()]);
    }
}

#[tokio::test]
async fn sends() {
    for times in 0..40 {
        let (ours, mut theirs) = duplex(3);
        let mut client = Client::<Line>::over(ours, &ClientOptions::new());
        let mut seen = Vec::new();
        let line = Line::new("a line of some length");
        {
            let mut sending = pin!(client.send(&line));
            for _ in 0..times {
                if poll_times(sending.as_mut(), 1).is_some() {
                    break;
                }
                take(&mut theirs, &mut seen);
            }
        }
        // A `send` that was never polled has no effect.
        let expected: &[u8] = if times == 0 { b"next\n" } else { b"a line of some length\nnext\n" };
        let reading = async {
            while seen.len() < expected.len() {
                seen.push(theirs.read_u8().await.unwrap());
            }
        };
        let next = Line::new("next");
        tokio::join!(async { client.send(&next).await.unwrap() }, reading);
        assert_eq!(seen, expected, "{times}");
    }
}

#[tokio::test]
async fn calls() {
    for times in 1..30 {
        let (ours, mut theirs) = duplex(3);
        let mut client = Client::<Line>::over(ours, &ClientOptions::new().request_timeout(None));
        tokio::spawn(async move {
            // This peer echoes bytes without framing.
            while let Ok(byte) = theirs.read_u8().await {
                theirs.write_u8(byte).await.unwrap();
            }
        });
        let lost = Line::new("given up");
        {
            let mut calling = pin!(client.call(&lost));
            let mut done = false;
            for _ in 0..times {
                tokio::task::yield_now().await;
                done = poll_times(calling.as_mut(), 1).is_some();
                if done {
                    break;
                }
            }
            if done {
                continue;
            }
        }
        assert_eq!(client.call(&Line::new("wanted")).await.unwrap(), Line::new("wanted"), "{times}");
    }
}

#[tokio::test]
async fn pushes_that_wait_for_room() {
    let (handler, mut events) = Recorder::new();
    let (mut ours, theirs) = duplex(16);
    let limits = framewright::Limits::new().out_buffer(32);
    let server = Server::new(handler).limits(limits);
    tokio::spawn(async move { server.serve_connection(theirs).await });
    let peer = opened(&mut events).await;
    let full = Msg::new([1; 40]);
    peer.try_send(full.clone()).unwrap();
    tokio::task::yield_now().await;
    for times in 1..4 {
        assert!(poll_times(peer.send(Msg::new([2; 40])), times).is_none(), "no room");
    }
    let last = Msg::new([3; 40]);
    let sending = tokio::spawn({
        let last = last.clone();
        async move { peer.send(last).await }
    });
    let mut seen = vec![0; 90];
    ours.read_exact(&mut seen).await.unwrap();
    assert_eq!(seen, [full.to_vec().unwrap(), last.to_vec().unwrap()].concat());
    sending.await.unwrap().unwrap();
}

#[tokio::test]
async fn pushes_are_flushed_once_they_have_left() {
    let (handler, mut events) = Recorder::new();
    let (mut ours, theirs) = duplex(16);
    let server = Server::new(handler);
    let serving = tokio::spawn(async move { server.serve_connection(theirs).await });
    let peer = opened(&mut events).await;
    peer.flushed().await.unwrap();
    let push = Msg::new([1; 40]);
    peer.try_send(push.clone()).unwrap();
    let flushed = tokio::spawn({
        let peer = peer.clone();
        async move { peer.flushed().await }
    });
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert!(!flushed.is_finished(), "16 bytes have left");
    let mut seen = vec![0; push.to_vec().unwrap().len()];
    ours.read_exact(&mut seen).await.unwrap();
    flushed.await.unwrap().unwrap();
    // `flushed` fails for a frame that was still waiting when the connection ended. For the frame
    // before it, `flushed` has succeeded.
    peer.try_send(push.clone()).unwrap();
    ours.read_exact(&mut seen).await.unwrap();
    peer.flushed().await.unwrap();
    peer.try_send(push).unwrap();
    tokio::task::yield_now().await;
    drop(ours);
    let _ = serving.await.unwrap();
    assert!(matches!(peer.flushed().await, Err(Error::Closed)));
}
