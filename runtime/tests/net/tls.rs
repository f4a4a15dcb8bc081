//! TLS, with certificates made on the spot.

use std::io::{Read, Write};
use std::time::Duration;

use framewright::net::{Client, Limits, Server, tls};
use framewright::{ClientOptions, Error};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::frames::Line;
use crate::peer::{Raw, blocking};

struct Secured {
    address: std::net::SocketAddr,
    certificate: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<framewright::Result<()>>,
}

async fn serve(limits: Limits) -> Secured {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = cert.pem();
    let config = tls::server_config(certificate.as_bytes(), signing_key.serialize_pem().as_bytes()).unwrap();
    let server = Server::new(async |line: Line| line).limits(limits).tls(config);
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = oneshot::channel();
    let address = server.local_addr();
    Secured { address, certificate, stop, task: tokio::spawn(server.serve_until(stopped)) }
}

#[tokio::test]
async fn frames_over_tls() {
    let server = serve(Limits::new()).await;
    let config = tls::client_config(server.certificate.as_bytes()).unwrap();
    let mut client = Client::<Line>::connect_tls(server.address, "localhost", config).await.unwrap();
    assert_eq!(client.call(&Line::new("hi")).await.unwrap(), Line::new("hi"));
    let long = Line::new("x".repeat(500_000));
    assert_eq!(client.call(&long).await.unwrap(), long);
    // A server that stops says so in order: a clean end, not a cut connection.
    server.stop.send(()).unwrap();
    assert_eq!(client.recv().await.unwrap(), None);
    drop(client);
    server.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_server_that_cannot_be_believed_is_refused() {
    let (server, other) = (serve(Limits::new()).await, serve(Limits::new()).await);
    let config = tls::client_config(other.certificate.as_bytes()).unwrap();
    let error = Client::<Line>::connect_tls(server.address, "localhost", config).await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error}");

    let config = tls::client_config(server.certificate.as_bytes()).unwrap();
    let error = Client::<Line>::connect_tls(server.address, "elsewhere", config).await.unwrap_err();
    assert!(error.to_string().starts_with(&format!("cannot connect to {}: ", server.address)), "{error}");
}

#[tokio::test]
async fn those_who_do_not_shake_hands_are_closed() {
    let limits = Limits::new().first_frame_time(Duration::from_millis(100));
    let server = serve(limits).await;
    let address = server.address;
    blocking(move || {
        let mut silent = Raw::connect(address);
        let mut plain = Raw::connect(address);
        plain.0.write_all(b"hello, this is no TLS\n").unwrap();
        // An alert, perhaps, and the end or a reset.
        let _ = plain.0.read_to_end(&mut Vec::new());
        assert_eq!(silent.recv_all(), b"");
    })
    .await;
    let config = tls::client_config(server.certificate.as_bytes()).unwrap();
    let options = ClientOptions::new();
    let mut client = Client::<Line>::connect_tls_with(address, "localhost", config, options).await.unwrap();
    assert_eq!(client.call(&Line::new("hi")).await.unwrap(), Line::new("hi"));
}

#[tokio::test]
async fn a_drain_waits_for_nobody_who_does_not_shake_hands() {
    // Their own limit would let them sit there for as long as the drain may take.
    let limits = Limits::new().first_frame_time(None).drain(Duration::from_secs(600));
    let server = serve(limits).await;
    let address = server.address;
    let silent = blocking(move || Raw::connect(address)).await;
    // Who comes later and is served shows that the silent one was accepted.
    let config = tls::client_config(server.certificate.as_bytes()).unwrap();
    let mut client = Client::<Line>::connect_tls(address, "localhost", config).await.unwrap();
    assert_eq!(client.call(&Line::new("hi")).await.unwrap(), Line::new("hi"));
    server.stop.send(()).unwrap();
    assert_eq!(client.recv().await.unwrap(), None);
    drop(client);
    tokio::time::timeout(Duration::from_secs(60), server.task).await.unwrap().unwrap().unwrap();
    let mut silent = silent;
    assert_eq!(blocking(move || silent.recv_all()).await, b"");
}

#[test]
fn what_is_no_certificate_is_an_error() {
    assert!(tls::client_config(b"nonsense").is_err());
    assert!(tls::server_config(b"nonsense", b"nonsense").is_err());
}
