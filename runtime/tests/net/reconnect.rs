//! Tests of clients whose server goes away, comes back, or never answers.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use framewright::net::{Backoff, Client, Reconnecting, Server};
use framewright::{ClientOptions, Error};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::frames::Line;

fn client(address: std::net::SocketAddr) -> Reconnecting<Line> {
    let backoff = Backoff::new().first(Duration::from_millis(1)).longest(Duration::from_millis(20));
    let options = ClientOptions::new().request_timeout(Duration::from_millis(200));
    Client::<Line>::reconnecting_with(address, backoff, options)
}

/// Starts an echo server on a listener.
fn serve(listener: TcpListener) -> (oneshot::Sender<()>, JoinHandle<framewright::Result<()>>) {
    let server = Server::new(async |line: Line| line).listener(listener).unwrap();
    let (stop, stopped) = oneshot::channel();
    (stop, tokio::spawn(server.serve_until(stopped)))
}

/// Listens at the address of a server that has ended.
fn listen_again(address: std::net::SocketAddr) -> TcpListener {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.bind(&address.into()).unwrap();
    socket.listen(128).unwrap();
    socket.into()
}

#[tokio::test]
async fn a_server_that_is_restarted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, task) = serve(listener);
    let mut client = client(address);
    assert!(!client.is_connected());
    assert_eq!(client.call(&Line::new("one")).await.unwrap(), Line::new("one"));
    stop.send(()).unwrap();
    task.await.unwrap().unwrap();
    assert!(matches!(client.call(&Line::new("two")).await, Err(Error::Closed | Error::Io(_))));
    assert!(!client.is_connected());

    let (_stop, _task) = serve(listen_again(address));
    assert_eq!(client.call(&Line::new("three")).await.unwrap(), Line::new("three"));
}

#[tokio::test]
async fn a_server_that_is_not_there_yet() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut client = client(address);
    let start = Instant::now();
    // The error says that nothing was sent, so a caller may repeat the request.
    let missing = client.call(&Line::new("one")).await.unwrap_err();
    assert!(matches!(missing, Error::Timeout(what) if what.contains("nothing was sent")), "{missing}");
    assert!(start.elapsed() < Duration::from_secs(5));
    let (_stop, _task) = serve(listen_again(address));
    assert_eq!(client.call(&Line::new("two")).await.unwrap(), Line::new("two"));
}

#[tokio::test]
async fn shared_calls_say_that_there_was_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (calls, _) = client(address).pipelined(|line| line.text.clone(), |line| Some(line.text.clone()));
    let missing = calls.call(&Line::new("one")).await.unwrap_err();
    assert!(matches!(missing, Error::Timeout(what) if what.contains("nothing was sent")), "{missing}");
    let (_stop, _task) = serve(listen_again(address));
    assert_eq!(calls.call_within(&Line::new("two"), Duration::from_secs(5)).await.unwrap(), Line::new("two"));
}

#[tokio::test]
async fn a_server_that_is_silent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = client(listener.local_addr().unwrap());
    let start = Instant::now();
    let missing = client.call(&Line::new("one")).await.unwrap_err();
    assert!(matches!(missing, Error::Timeout("no reply to the request")), "{missing}");
    assert!(start.elapsed() < Duration::from_secs(5));
    // The client has dropped the connection, because a late reply could be mistaken for the next
    // one. The next call opens a new connection.
    assert!(!client.is_connected());
    let (_stop, _task) = serve(listener);
    assert_eq!(client.call(&Line::new("two")).await.unwrap(), Line::new("two"));
}

#[tokio::test]
async fn a_frame_that_cannot_be_sent_costs_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = client(listener.local_addr().unwrap());
    let (_stop, _task) = serve(listener);
    assert!(matches!(client.call(&Line::new("a\nb")).await, Err(Error::Encode(_))));
    assert!(client.is_connected());
    client.send(&Line::new("fine")).await.unwrap();
    assert_eq!(client.recv().await.unwrap(), Line::new("fine"));
}
