//! Tests that bytes are forwarded unchanged, however a connection ends and however slowly the
//! events are read.

use std::string::{String, ToString as _};
use std::vec::Vec;
use std::{io, vec};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{Accept, Connect, Proxy, QUEUE, Tap};
use crate::cli::traffic::{Direction, Happened};

/// Starts a server and a proxy to it, and connects a client to the proxy. Returns the proxy's tap,
/// the client's stream and the server's stream.
async fn connected() -> (Tap, TcpStream, TcpStream) {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = server.local_addr().unwrap().to_string();
    let (proxy, tap) = Proxy::bind("127.0.0.1:0", Accept::default(), Connect::plain(upstream)).await.unwrap();
    let address = proxy.address();
    tokio::spawn(proxy.run());
    let client = TcpStream::connect(address).await.unwrap();
    let (server, _) = server.accept().await.unwrap();
    (tap, client, server)
}

/// Returns the next event with bytes or an end.
async fn next(tap: &mut Tap) -> (Direction, Happened) {
    loop {
        let event = tap.next().await.expect("the proxy is there");
        assert!(event.time.is_some() && event.connection.id == 1);
        if event.happened != Happened::Opened {
            return (event.direction, event.happened);
        }
    }
}

#[tokio::test]
async fn traffic_and_half_closes_are_forwarded_and_reported() {
    let (mut tap, mut client, mut server) = connected().await;
    client.write_all(b"ask").await.unwrap();
    let mut asked = [0; 3];
    server.read_exact(&mut asked).await.unwrap();
    assert_eq!(next(&mut tap).await, (Direction::ToServer, Happened::Bytes("ask".into())));
    client.shutdown().await.unwrap();
    assert_eq!(server.read(&mut asked).await.unwrap(), 0);
    assert_eq!(next(&mut tap).await, (Direction::ToServer, Happened::End(None)));
    server.write_all(b"answer").await.unwrap();
    drop(server);
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "answer");
    assert_eq!(next(&mut tap).await, (Direction::FromServer, Happened::Bytes("answer".into())));
    assert_eq!(next(&mut tap).await, (Direction::FromServer, Happened::End(None)));
}

#[cfg(unix)]
#[tokio::test]
async fn a_reset_resets_the_other_side() {
    let (mut tap, mut client, server) = connected().await;
    super::reset(&server);
    drop(server);
    let error = client.read(&mut [0]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    let (_, ended) = next(&mut tap).await;
    assert!(matches!(ended, Happened::End(Some(_))), "{ended:?}");
}

#[tokio::test]
async fn a_slow_reader_of_events_delays_nothing_and_gets_counts() {
    let (mut tap, mut client, mut server) = connected().await;
    // The test sends twice as many pieces as fit into the queue, and takes none from it meanwhile.
    let mut echo = [0; 8];
    for _ in 0..2 * QUEUE {
        client.write_all(b"12345678").await.unwrap();
        server.read_exact(&mut echo).await.unwrap();
    }
    drop(client);
    let (mut seen, mut missing) = (0, 0);
    loop {
        match next(&mut tap).await {
            (Direction::ToServer, Happened::Bytes(bytes)) => seen += bytes.len(),
            (Direction::ToServer, Happened::Missing(bytes)) => missing += usize::try_from(bytes).unwrap(),
            (Direction::ToServer, Happened::End(None)) => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(seen + missing, 16 * QUEUE);
    assert!(missing > 0);
}

#[tokio::test]
async fn an_unreachable_server_is_reported() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = gone.local_addr().unwrap().to_string();
    drop(gone);
    let (proxy, mut tap) =
        Proxy::bind("127.0.0.1:0", Accept::default(), Connect::plain(upstream)).await.unwrap();
    let address = proxy.address();
    tokio::spawn(proxy.run());
    let mut client = TcpStream::connect(address).await.unwrap();
    let (_, ended) = next(&mut tap).await;
    assert!(matches!(ended, Happened::End(Some(_))), "{ended:?}");
    let mut rest: Vec<u8> = vec![];
    assert!(client.read_to_end(&mut rest).await.is_err() || rest.is_empty());
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn either_side_may_have_tls() {
    use std::sync::Arc;

    use tokio_rustls::{TlsAcceptor, TlsConnector};

    use crate::net::tls::rustls::pki_types::ServerName;
    use crate::net::tls::{client_config, server_config};

    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let server_side = server_config(chain.as_bytes(), key.as_bytes()).unwrap();
    let client_side = client_config(chain.as_bytes()).unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connect = Connect {
        address: server.local_addr().unwrap().to_string(),
        tls: Some((name.clone(), Arc::clone(&client_side))),
    };
    let accept = Accept { tls: Some(Arc::clone(&server_side)) };
    let (proxy, mut tap) = Proxy::bind("127.0.0.1:0", accept, connect).await.unwrap();
    let address = proxy.address();
    tokio::spawn(proxy.run());
    let serving = async {
        let (stream, _) = server.accept().await.unwrap();
        let mut stream = TlsAcceptor::from(server_side).accept(stream).await.unwrap();
        let mut asked = [0; 3];
        stream.read_exact(&mut asked).await.unwrap();
        stream.write_all(b"answer").await.unwrap();
        stream.shutdown().await.unwrap();
        asked
    };
    let asking = async {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut stream = TlsConnector::from(client_side).connect(name, stream).await.unwrap();
        stream.write_all(b"ask").await.unwrap();
        let mut answer = [0; 6];
        stream.read_exact(&mut answer).await.unwrap();
        answer
    };
    let (asked, answer) = tokio::join!(serving, asking);
    assert_eq!((&asked, &answer), (b"ask", b"answer"));
    // The events have the decrypted bytes, because the proxy shows them.
    assert_eq!(next(&mut tap).await, (Direction::ToServer, Happened::Bytes("ask".into())));
    assert_eq!(next(&mut tap).await, (Direction::FromServer, Happened::Bytes("answer".into())));
}
