//! Tests of the clients, async and blocking.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;
use std::time::Duration;

use framewright::net::Client;
use framewright::{ClientOptions, Encode, Error, blocking};
use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use crate::frames::{Line, Msg, Rest};
use crate::peer::{Running, blocking as beside};

/// Runs `talk` with the first connection to a new listener.
fn plain(talk: impl FnOnce(TcpStream) + Send + 'static) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (address, std::thread::spawn(move || talk(listener.accept().unwrap().0)))
}

fn read(stream: &mut TcpStream, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

#[tokio::test]
async fn calls_and_what_arrives_beyond_a_reply() {
    let (address, server) = plain(|mut stream| {
        assert_eq!(read(&mut stream, 4), b"one\n");
        stream.write_all(b"1\n2\nth").unwrap();
        assert_eq!(read(&mut stream, 4), b"two\n");
        stream.write_all(b"ree\n").unwrap();
    });
    let mut client = Client::<Line>::connect(address).await.unwrap();
    assert_eq!(client.call(&Line::new("one")).await.unwrap(), Line::new("1"));
    assert_eq!(client.call(&Line::new("two")).await.unwrap(), Line::new("2"));
    assert_eq!(client.recv().await.unwrap(), Some(Line::new("three")));
    assert_eq!(client.recv().await.unwrap(), None);
    assert!(matches!(client.call(&Line::new("late")).await, Err(Error::Closed | Error::Io(_))));
    server.join().unwrap();
}

#[test]
fn blocking_calls_and_what_arrives_beyond_a_reply() {
    let (address, server) = plain(|mut stream| {
        assert_eq!(read(&mut stream, 4), b"one\n");
        stream.write_all(b"1\n2\nth").unwrap();
        assert_eq!(read(&mut stream, 4), b"two\n");
        stream.write_all(b"ree\n").unwrap();
    });
    let mut client = blocking::Client::<Line>::connect(address).unwrap();
    assert_eq!(client.call(&Line::new("one")).unwrap(), Line::new("1"));
    assert_eq!(client.call(&Line::new("two")).unwrap(), Line::new("2"));
    assert_eq!(client.recv().unwrap(), Some(Line::new("three")));
    assert_eq!(client.recv().unwrap(), None);
    server.join().unwrap();
}

#[tokio::test]
async fn clients_of_two_types_talk_to_the_server() {
    let server = Running::start(async |line: Line| Msg::new(line.text)).await;
    let address = server.address;
    let mut client = Client::<Line, Msg>::connect(address).await.unwrap();
    assert_eq!(client.call(&Line::new("hi")).await.unwrap(), Msg::new("hi"));
    beside(move || {
        let mut client = blocking::Client::<Line, Msg>::connect(address).unwrap();
        assert_eq!(client.call(&Line::new("hi")).unwrap(), Msg::new("hi"));
    })
    .await;
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn a_reply_that_ends_with_the_stream() {
    let (address, server) = plain(|mut stream| {
        read(&mut stream, 4);
        stream.write_all(b"all ").unwrap();
        stream.write_all(b"of it").unwrap();
    });
    let mut client = Client::<Line, Rest>::connect(address).await.unwrap();
    assert_eq!(client.call(&Line::new("get")).await.unwrap(), Rest::new("all of it"));
    server.join().unwrap();
}

#[test]
fn a_blocking_reply_that_ends_with_the_stream() {
    let (address, server) = plain(|mut stream| {
        read(&mut stream, 4);
        stream.write_all(b"all ").unwrap();
        stream.write_all(b"of it").unwrap();
    });
    let mut client = blocking::Client::<Line, Rest>::connect(address).unwrap();
    assert_eq!(client.call(&Line::new("get")).unwrap(), Rest::new("all of it"));
    server.join().unwrap();
}

#[tokio::test]
async fn a_cut_reply_is_a_located_error() {
    let (address, server) = plain(|mut stream| stream.write_all(&[0, 0, 0, 0, 9, 1]).unwrap());
    let mut client = Client::<Msg>::connect(address).await.unwrap();
    let Err(Error::Decode(error)) = client.recv().await else { panic!() };
    assert_eq!((error.path().as_str(), error.offset()), ("Msg.body", 5));
    server.join().unwrap();
}

#[tokio::test]
async fn a_refused_connection_names_the_address() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = Client::<Line>::connect(free).await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }));
    assert!(error.to_string().starts_with(&format!("cannot connect to {free}: ")), "{error}");
    let error = blocking::Client::<Line>::connect(free).unwrap_err();
    assert!(error.to_string().starts_with(&format!("cannot connect to {free}: ")), "{error}");
    let error = Client::<Line>::connect("no such name:1").await.unwrap_err();
    assert!(error.to_string().starts_with("cannot connect to no such name:1: "), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_late_reply_is_not_taken_for_the_next() {
    let (ours, mut theirs) = tokio::io::duplex(64);
    let options = ClientOptions::new().request_timeout(Duration::from_secs(5));
    let mut client = Client::<Line>::over(ours, &options);
    assert!(matches!(client.call(&Line::new("slow")).await, Err(Error::Timeout(_))));
    let answer = tokio::spawn(async move {
        let mut bytes = [0; 10];
        theirs.read_exact(&mut bytes).await.unwrap();
        assert_eq!(&bytes, b"slow\nfast\n");
        theirs.write_all(b"SLOW\nFAST\n").await.unwrap();
        theirs
    });
    assert_eq!(client.call(&Line::new("fast")).await.unwrap(), Line::new("FAST"));
    answer.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_late_reply_may_be_read_as_an_item_of_the_stream() {
    let (ours, mut theirs) = tokio::io::duplex(64);
    let options = ClientOptions::new().request_timeout(Duration::from_secs(5));
    let mut client = Client::<Line>::over(ours, &options);
    assert!(matches!(client.call(&Line::new("slow")).await, Err(Error::Timeout(_))));
    theirs.write_all(b"SLOW\n").await.unwrap();
    assert_eq!(next(&mut client).await.unwrap().unwrap(), Line::new("SLOW"));
    // The late reply has arrived, so the next frame is the reply to this call.
    theirs.write_all(b"FAST\n").await.unwrap();
    assert_eq!(client.call(&Line::new("fast")).await.unwrap(), Line::new("FAST"));
}

#[test]
fn a_blocking_call_times_out() {
    let (address, server) = plain(|mut stream| {
        assert_eq!(read(&mut stream, 10), b"slow\nfast\n");
        stream.write_all(b"SLOW\nFAST\n").unwrap();
    });
    let options = ClientOptions::new().request_timeout(Duration::from_millis(20));
    let mut client = blocking::Client::<Line>::connect_with(address, options).unwrap();
    assert!(matches!(client.call(&Line::new("slow")), Err(Error::Timeout(_))));
    client.send(&Line::new("fast")).unwrap();
    assert_eq!(client.recv().unwrap(), Some(Line::new("SLOW")));
    assert_eq!(client.recv().unwrap(), Some(Line::new("FAST")));
    server.join().unwrap();
}

#[tokio::test]
async fn a_cancelled_send_goes_out_later() {
    let (ours, mut theirs) = tokio::io::duplex(4);
    let mut client = Client::<Line>::over(ours, &ClientOptions::new());
    let line = Line::new("longer than the pipe");
    tokio::select! {
        biased;
        _ = client.send(&line) => panic!("it cannot have been sent"),
        () = std::future::ready(()) => {}
    }
    let reading = tokio::spawn(async move {
        let mut bytes = [0; 26];
        theirs.read_exact(&mut bytes).await.unwrap();
        bytes
    });
    client.send(&Line::new("next")).await.unwrap();
    assert_eq!(&reading.await.unwrap(), b"longer than the pipe\nnext\n");
}

#[tokio::test]
async fn a_cancelled_recv_loses_nothing() {
    let (ours, mut theirs) = tokio::io::duplex(64);
    let mut client = Client::<Line>::over(ours, &ClientOptions::new());
    for byte in b"one\ntwo" {
        theirs.write_all(&[*byte]).await.unwrap();
        tokio::select! {
            biased;
            line = client.recv() => assert_eq!(line.unwrap(), Some(Line::new("one"))),
            () = std::future::ready(()) => {}
        }
    }
    theirs.write_all(b"\n").await.unwrap();
    assert_eq!(client.recv().await.unwrap(), Some(Line::new("two")));
}

#[tokio::test]
async fn the_halves_of_a_client_work_apart() {
    let server = Running::start(async |line: Line| line).await;
    let (mut sender, mut receiver) = Client::<Line>::connect(server.address).await.unwrap().split();
    let sending = tokio::spawn(async move {
        for index in 0..100 {
            sender.send(&Line::new(index.to_string())).await.unwrap();
        }
        sender.close().await.unwrap();
    });
    let mut received = Vec::new();
    while let Some(line) = receiver.recv().await.unwrap() {
        received.push(line.text);
    }
    sending.await.unwrap();
    assert_eq!(received, (0..100).map(|index| index.to_string()).collect::<Vec<_>>());
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_server_may_send_after_the_sender_is_dropped() {
    let (ours, mut theirs) = tokio::io::duplex(64);
    let (mut sender, mut receiver) = Client::<Line>::over(ours, &ClientOptions::new()).split();
    sender.send(&Line::new("last")).await.unwrap();
    drop(sender);
    let mut sent = Vec::new();
    let reading = tokio::time::timeout(Duration::from_secs(1), theirs.read_to_end(&mut sent));
    assert!(reading.await.is_err(), "the side is closed");
    assert_eq!(sent, b"last\n");
    theirs.write_all(b"reply\n").await.unwrap();
    assert_eq!(receiver.recv().await.unwrap(), Some(Line::new("reply")));
    drop(receiver);
    theirs.read_to_end(&mut sent).await.unwrap();
}

#[tokio::test]
async fn a_frame_that_cannot_be_sent_sends_nothing() {
    let server = Running::start(async |line: Line| line).await;
    let mut client = Client::<Line>::connect(server.address).await.unwrap();
    assert!(matches!(client.send(&Line::new("a\nb")).await, Err(Error::Encode(_))));
    assert_eq!(client.call(&Line::new("fine")).await.unwrap(), Line::new("fine"));
    assert!(Line::new("a\nb").to_vec().is_err());
}

#[tokio::test]
async fn an_unframed_server() {
    let (address, server) = plain(|mut stream| {
        stream.write_all(b"Welcome!").unwrap();
        assert_eq!(read(&mut stream, 3), b"Ada");
        stream.write_all(b"Hello, Ada!").unwrap();
    });
    let options = ClientOptions::new().per_read();
    let mut client = Client::<Rest>::connect_with(address, options).await.unwrap();
    assert_eq!(client.recv().await.unwrap(), Some(Rest::new("Welcome!")));
    assert_eq!(client.call(&Rest::new("Ada")).await.unwrap(), Rest::new("Hello, Ada!"));
    server.join().unwrap();
}

/// Returns the next item of a stream.
async fn next<T: Stream + Unpin>(stream: &mut T) -> Option<T::Item> {
    std::future::poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}

#[tokio::test]
async fn a_client_is_a_stream_of_frames() {
    let (ours, mut theirs) = tokio::io::duplex(64);
    let mut client = Client::<Line>::over(ours, &ClientOptions::new());
    theirs.write_all(b"one\ntwo\n").await.unwrap();
    assert_eq!(next(&mut client).await.unwrap().unwrap(), Line::new("one"));
    let (_sender, mut receiver) = client.split();
    assert_eq!(next(&mut receiver).await.unwrap().unwrap(), Line::new("two"));
    theirs.write_all(b"\xff\n").await.unwrap();
    assert!(matches!(next(&mut receiver).await, Some(Err(Error::Decode(_)))));
    assert!(next(&mut receiver).await.is_none(), "nothing after an error");
}

/// A stream from which something can always be read, and to which nothing can be written.
struct Flood;

impl AsyncRead for Flood {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        while buf.remaining() >= 2 {
            buf.put_slice(b"a\n");
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Flood {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Pending
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn a_client_whose_frames_are_not_written_lets_other_tasks_run() {
    let mut client = Client::<Line>::over(Flood, &ClientOptions::new());
    client.feed(&Line::new("unwritten")).unwrap();
    let cx = &mut Context::from_waker(Waker::noop());
    let at_once = (0..100_000).take_while(|_| Pin::new(&mut client).poll_next(cx).is_ready()).count();
    assert!(at_once < 10_000, "{at_once}");
}
