//! Tests of clients and endpoints.

use std::future::{Future, poll_fn};
use std::net::{SocketAddr, UdpSocket};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use framewright::{ClientOptions, Encode, Error, udp};

use super::{greeter, raw, recv};
use crate::frames::{Msg, Rest};

#[tokio::test]
async fn a_refused_port_is_an_error_and_the_client_goes_on() {
    let address = raw("127.0.0.1:9".parse().unwrap()).local_addr().unwrap();
    let mut client = udp::Client::<Rest>::connect(address).await.unwrap();
    assert!(matches!(client.call(&Rest::new("hi")).await, Err(Error::Io(_))));
    let server = UdpSocket::bind(address).unwrap();
    client.send(&Rest::new("again")).await.unwrap();
    let mut bytes = [0; 16];
    let (len, from) = server.recv_from(&mut bytes).unwrap();
    assert_eq!(&bytes[..len], b"again");
    server.send_to(b"here", from).unwrap();
    assert_eq!(client.recv().await.unwrap(), Rest::new("here"));
}

#[tokio::test]
async fn a_client_calls() {
    let server = greeter().await;
    let mut client = udp::Client::<Rest>::connect(server.address).await.unwrap();
    assert_eq!(client.call(&Rest::new("world")).await.unwrap(), Rest::new("hello world!"));
    server.stop().await;
}

#[tokio::test]
async fn leftover_bytes_name_the_sender() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = peer.local_addr().unwrap();
    let mut client = udp::Client::<Msg>::connect(address).await.unwrap();
    client.send(&Msg::new("hi")).await.unwrap();
    let mut bytes = [0; 64];
    let (len, from) = peer.recv_from(&mut bytes).unwrap();
    assert_eq!(bytes[..len], Msg::new("hi").to_vec().unwrap());
    peer.send_to(&[&bytes[..len], b"!"].concat(), from).unwrap();
    let error = client.recv().await.unwrap_err();
    assert!(matches!(&error, Error::Datagram { from, .. } if *from == address), "{error:?}");
    assert!(error.to_string().contains(&address.to_string()), "{error}");
    peer.send_to(&bytes[..len], from).unwrap();
    assert_eq!(client.recv().await.unwrap(), Msg::new("hi"));
}

#[tokio::test]
async fn a_lost_reply_is_a_timeout() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let options = ClientOptions::new().request_timeout(Duration::from_millis(20));
    let address = peer.local_addr().unwrap();
    let mut client = udp::Client::<Rest>::connect_with(address, options).await.unwrap();
    assert!(matches!(client.call(&Rest::new("hi")).await, Err(Error::Timeout(_))));
}

#[tokio::test]
async fn endpoints_speak_to_many() {
    let endpoint = udp::Endpoint::<Rest>::bind("127.0.0.1:0").await.unwrap();
    let address = endpoint.local_addr();
    let (one, other) = (raw(address), raw(address));
    for (index, peer) in [&one, &other, &one].into_iter().enumerate() {
        peer.send(format!("{index}").as_bytes()).unwrap();
        let (frame, from) = endpoint.recv_from().await.unwrap();
        assert_eq!((frame.text, from), (index.to_string(), peer.local_addr().unwrap()));
        endpoint.send_to(&Rest::new(format!("to {index}")), from).await.unwrap();
        assert_eq!(recv(peer), format!("to {index}").as_bytes());
    }
    // A malformed datagram is reported with its sender, and no other datagram is lost. An empty
    // datagram is a frame if the type can be empty.
    one.send(b"\xff").unwrap();
    one.send(b"").unwrap();
    match endpoint.recv_from().await {
        Err(Error::Datagram { from, .. }) => assert_eq!(from, one.local_addr().unwrap()),
        other => panic!("{other:?}"),
    }
    assert_eq!(endpoint.recv_from().await.unwrap().0, Rest::new(""));
    let whole = udp::Endpoint::<Msg>::bind("127.0.0.1:0").await.unwrap();
    let peer = raw(whole.local_addr());
    peer.send(b"").unwrap();
    assert!(matches!(whole.recv_from().await, Err(Error::Datagram { .. })));
    // Bytes after the frame are an error.
    let bytes = Msg::new("x").to_vec().unwrap();
    peer.send(&[&bytes[..], b"more"].concat()).unwrap();
    let error = whole.recv_from().await.unwrap_err().to_string();
    assert!(error.contains(&peer.local_addr().unwrap().to_string()), "{error}");
    // Cancels each `recv_from` after its first poll. If this poll had taken a datagram from the
    // socket, the datagram would be lost.
    let all = async {
        for index in 0..50 {
            let msg = Msg::new(format!("{index}"));
            peer.send(&msg.to_vec().unwrap()).unwrap();
            while poll_once(whole.recv_from(), &msg).await.is_pending() {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all).await.expect("a datagram was lost");
}

#[tokio::test]
async fn a_flood_leaves_time_for_other_tasks() {
    const FLOOD: usize = 200;
    let endpoint = udp::Endpoint::<Rest>::bind("127.0.0.1:0").await.unwrap();
    let peer = raw(endpoint.local_addr());
    for _ in 0..=FLOOD {
        peer.send(b"x").unwrap();
    }
    // From now on the socket is known to be readable.
    endpoint.recv_from().await.unwrap();
    let received = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&received);
    let receiving = tokio::spawn(async move {
        for _ in 0..FLOOD {
            endpoint.recv_from().await.unwrap();
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    let other = tokio::spawn(async move { received.load(Ordering::Relaxed) });
    assert!(other.await.unwrap() < FLOOD);
    receiving.await.unwrap();
}

/// Polls the future once, and then drops it. If it returns a frame, the frame must be `msg`.
async fn poll_once(
    receiving: impl Future<Output = framewright::Result<(Msg, SocketAddr)>>,
    msg: &Msg,
) -> Poll<()> {
    let mut receiving = pin!(receiving);
    let polled = poll_fn(|cx| Poll::Ready(receiving.as_mut().poll(cx))).await;
    polled.map(|received| assert_eq!(received.unwrap().0, *msg))
}
