//! Tests of TLS, with certificates made for each test.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use framewright::net::{Client, Close, Conn, Handler, Limits, Server, Serves, Session, tls};
use framewright::{ClientOptions, Error};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::frames::{Line, Upload};
use crate::peer::{Raw, blocking};

struct Secured {
    address: std::net::SocketAddr,
    certificate: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<framewright::Result<()>>,
}

async fn serve(limits: Limits) -> Secured {
    start(Server::new(async |line: Line| line).limits(limits)).await
}

async fn start(server: Server<impl Serves>) -> Secured {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = cert.pem();
    let config = tls::server_config(certificate.as_bytes(), signing_key.serialize_pem().as_bytes()).unwrap();
    let server = server.tls(config).bind("127.0.0.1:0").await.unwrap();
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
    // A server that stops closes TLS properly, so that the client sees the end of the stream and no
    // error.
    server.stop.send(()).unwrap();
    assert_eq!(client.recv().await.unwrap(), None);
    drop(client);
    server.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn bodies_that_are_not_copied_over_tls() {
    let server = start(Server::new(async |upload: Upload| vec![upload.clone(), upload])).await;
    let config = tls::client_config(server.certificate.as_bytes()).unwrap();
    let mut client = Client::<Upload>::connect_tls(server.address, "localhost", config).await.unwrap();
    let upload = Upload { body: (0..=255).cycle().take(300_000).collect() };
    for _ in 0..3 {
        assert!(client.call(&upload).await.unwrap() == upload);
        assert!(client.recv().await.unwrap().as_ref() == Some(&upload));
    }
}

#[tokio::test]
async fn a_server_without_a_trusted_certificate_is_refused() {
    let (server, other) = (serve(Limits::new()).await, serve(Limits::new()).await);
    let config = tls::client_config(other.certificate.as_bytes()).unwrap();
    let error = Client::<Line>::connect_tls(server.address, "localhost", config).await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error}");

    let config = tls::client_config(server.certificate.as_bytes()).unwrap();
    let error = Client::<Line>::connect_tls(server.address, "elsewhere", config).await.unwrap_err();
    assert!(error.to_string().starts_with(&format!("cannot connect to {}: ", server.address)), "{error}");
}

#[tokio::test]
async fn connections_without_a_handshake_are_closed() {
    let limits = Limits::new().first_frame_time(Duration::from_millis(100));
    let server = serve(limits).await;
    let address = server.address;
    blocking(move || {
        let mut silent = Raw::connect(address);
        let mut plain = Raw::connect(address);
        plain.0.write_all(b"hello, this is no TLS\n").unwrap();
        // The server may send a TLS alert before it closes or resets the connection.
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
async fn a_drain_does_not_wait_for_handshakes() {
    // The silent connection never completes its handshake. A drain must not wait 600 seconds for
    // it.
    let limits = Limits::new().first_frame_time(None).drain(Duration::from_secs(600));
    let server = serve(limits).await;
    let address = server.address;
    let silent = blocking(move || Raw::connect(address)).await;
    // A later connection is served, so the silent one has been accepted.
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

/// A handler that answers with the addresses of the connection and the properties of its TLS
/// session.
struct Whoever;

impl Handler for Whoever {
    type In<'a> = Line;
    type Out = Line;
    type State = ();

    async fn open(&self, _: &mut Conn<Line>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame(&self, conn: &mut Conn<Line>, (): &mut (), _: Line) -> Result<(), Close> {
        let local = conn.local_addr();
        let about = conn.tls().map(|tls| {
            let certificate = tls.peer_certificates.first().map(|certificate| certificate.len());
            let alpn = tls.alpn.as_deref().map(|name| String::from_utf8_lossy(name).into_owned());
            format!("{certificate:?} {alpn:?} {:?} {local}", tls.server_name)
        });
        Ok(conn.send(Line::new(about.unwrap_or_else(|| format!("in clear {local}"))))?)
    }
}

#[tokio::test]
async fn a_client_certificate_identifies_the_client() {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    use tls::rustls::crypto::ring::default_provider;
    use tls::rustls::server::WebPkiClientVerifier;
    use tls::rustls::{ClientConfig, RootCertStore, ServerConfig};

    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let signed = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &issuer).unwrap(), key)
    };
    let mut roots = RootCertStore::empty();
    roots.add(root.der().clone()).unwrap();
    let provider = Arc::new(default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots.clone()), Arc::clone(&provider));
    let (certificate, key) = signed("localhost");
    let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .unwrap();
    config.alpn_protocols = vec![b"lines".to_vec()];
    let server = Server::new(Whoever).tls(Arc::new(config)).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    tokio::spawn(server.serve());

    let (certificate, key) = signed("ada");
    let shown = certificate.der().len();
    let client = || {
        ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots.clone())
    };
    let mut config = client().with_client_auth_cert(vec![certificate.der().clone()], key.into()).unwrap();
    config.alpn_protocols = vec![b"lines".to_vec()];
    let mut client_of = Client::<Line>::connect_tls(address, "localhost", Arc::new(config)).await.unwrap();
    assert_eq!(
        client_of.call(&Line::new("who am I?")).await.unwrap(),
        Line::new(format!("Some({shown}) Some(\"lines\") Some(\"localhost\") {address}"))
    );
    // A client without a certificate is refused.
    let config = Arc::new(client().with_no_client_auth());
    if let Ok(mut client) = Client::<Line>::connect_tls(address, "localhost", config).await {
        assert!(client.call(&Line::new("who am I?")).await.is_err());
    }
}

#[tokio::test]
async fn a_connection_in_clear_has_no_tls_but_an_address() {
    let server = Server::new(Whoever).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    tokio::spawn(server.serve());
    let mut client = Client::<Line>::connect(address).await.unwrap();
    assert_eq!(client.call(&Line::new("")).await.unwrap(), Line::new(format!("in clear {address}")));
}

#[test]
fn an_invalid_certificate_is_an_error() {
    assert!(tls::client_config(b"nonsense").is_err());
    assert!(tls::server_config(b"nonsense", b"nonsense").is_err());
}

#[tokio::test]
async fn the_handshake_counts_towards_the_first_frame() {
    const HANDSHAKE: Duration = Duration::from_secs(6);
    let mut server = Server::new(async |line: Line| line);
    let counters = server.counters();
    let server = start(server).await;
    let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    while counters.snapshot().accepted == 0 {
        tokio::task::yield_now().await;
    }
    tokio::time::pause();
    let accepted = Instant::now();
    tokio::time::advance(HANDSHAKE).await;
    tokio::time::resume();
    let config = tls::client_config(server.certificate.as_bytes()).unwrap();
    let mut s = Session::over(stream, &ClientOptions::new());
    s.start_tls(("localhost", config)).await.unwrap();
    tokio::time::pause();
    assert_eq!(s.recv::<Line>().await.unwrap(), None);
    assert!(accepted.elapsed() < HANDSHAKE + Duration::from_secs(8), "{:?}", accepted.elapsed());
    assert_eq!(counters.snapshot().timeouts, 1);
}
