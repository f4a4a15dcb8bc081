//! Tests of TLS that begins in the middle of a conversation, and of `Session::tls`.

use std::sync::Arc;
use std::time::Duration;

use framewright::net::{Close, Counters, Limits, Session, tls};
use framewright::prelude::*;
use framewright::{ClientOptions, Error};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::frames::Line;
use crate::logs::Log;

pub(crate) type Configs = (Arc<tls::rustls::ServerConfig>, Arc<tls::rustls::ClientConfig>);

pub(crate) fn configs() -> Configs {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (cert.pem(), signing_key.serialize_pem());
    let server = tls::server_config(certificate.as_bytes(), key.as_bytes()).unwrap();
    (server, tls::client_config(certificate.as_bytes()).unwrap())
}

/// Returns a server that answers lines, and starts TLS when a line requests it.
macro_rules! server {
    ($config:expr) => {{
        let config = $config;
        Server::sessions(async move |mut s: Session| -> Result<(), Close> {
            while let Some(line) = s.recv::<Line>().await? {
                match &*line.text {
                    "starttls" => {
                        s.feed(&Line::new("go ahead"))?;
                        s.start_tls(Arc::clone(&config)).await?;
                    }
                    "name" => {
                        let name = s.tls().and_then(|tls| tls.server_name.clone());
                        s.feed(&Line::new(name.unwrap_or_else(|| "in clear".into())))?;
                    }
                    _ => s.feed(&line)?,
                }
            }
            Ok(())
        })
    }};
}

#[tokio::test]
async fn both_sides_start_tls() {
    let (ours, theirs) = duplex(64 * 1024);
    let (config, trust) = configs();
    let server = server!(config);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    let mut s = Session::over(ours, &ClientOptions::new());
    assert_eq!(s.call::<_, Line>(&Line::new("name")).await.unwrap(), Line::new("in clear"));
    assert_eq!(s.call::<_, Line>(&Line::new("starttls")).await.unwrap(), Line::new("go ahead"));
    s.start_tls(("localhost", trust)).await.unwrap();
    assert_eq!(s.tls().unwrap().peer_certificates.len(), 1);
    assert_eq!(s.call::<_, Line>(&Line::new("name")).await.unwrap(), Line::new("localhost"));
    let long = Line::new("x".repeat(500_000));
    assert_eq!(s.call::<_, Line>(&long).await.unwrap(), long);
    drop(s);
    running.await.unwrap();
}

#[tokio::test]
async fn bytes_in_clear_after_starttls_are_refused() {
    let (mut ours, theirs) = duplex(64 * 1024);
    let mut server = server!(configs().0);
    let counters = server.counters();
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    // The second command is sent in plain text before the handshake, so it must not be accepted as
    // encrypted.
    ours.write_all(b"starttls\nname\n").await.unwrap();
    let mut seen = String::new();
    ours.read_to_string(&mut seen).await.unwrap();
    assert_eq!(seen, "go ahead\n");
    drop(ours);
    running.await.unwrap();
    assert_eq!(counters.snapshot().failures, 1);
}

#[tokio::test]
async fn bytes_in_clear_from_a_server_are_refused_too() {
    let (ours, mut theirs) = duplex(64 * 1024);
    let mut s = Session::over(ours, &ClientOptions::new());
    // The second line is injected in plain text after the line that allows TLS. It must not be
    // accepted as encrypted.
    theirs.write_all(b"go ahead\nslipped in\n").await.unwrap();
    assert_eq!(s.call::<_, Line>(&Line::new("starttls")).await.unwrap(), Line::new("go ahead"));
    let refused = s.start_tls(("localhost", configs().1)).await.unwrap_err();
    assert!(matches!(&refused, Error::Other(_)) && refused.to_string().contains("plain text"), "{refused}");
    // The session is still usable in plain text.
    assert!(s.tls().is_none());
    assert_eq!(s.require::<Line>().await.unwrap(), Line::new("slipped in"));
}

/// Starts a server whose session is in a TLS handshake. Returns the peer, the counters, the sender
/// that stops the server, and its task.
async fn in_a_handshake(
    drain: Duration,
) -> (TcpStream, Counters, oneshot::Sender<()>, JoinHandle<framewright::Result<()>>) {
    let config = configs().0;
    let mut server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        s.require::<Line>().await?;
        s.feed(&Line::new("go ahead"))?;
        s.start_tls(Arc::clone(&config)).await?;
        panic!("nobody has shaken hands");
    });
    let counters = server.counters();
    let server = server.limits(Limits::new().drain(drain)).bind("127.0.0.1:0").await.unwrap();
    let mut peer = TcpStream::connect(server.local_addr()).await.unwrap();
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(server.serve_until(stopped));
    peer.write_all(b"starttls\n").await.unwrap();
    let mut seen = [0; 9];
    peer.read_exact(&mut seen).await.unwrap();
    assert_eq!(&seen, b"go ahead\n");
    (peer, counters, stop, serving)
}

#[cfg(unix)]
#[tokio::test]
async fn a_peer_that_is_gone_in_a_handshake_ends_the_session() {
    let (peer, counters, _stop, _serving) = in_a_handshake(Duration::ZERO).await;
    assert_eq!(counters.snapshot().open(), 1);
    socket2::SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
    drop(peer);
    while counters.snapshot().open() > 0 {
        tokio::task::yield_now().await;
    }
    let stats = counters.snapshot();
    assert_eq!((stats.frames, stats.timeouts, stats.panics), (1, 0, 0));
}

#[tokio::test]
async fn the_end_of_a_drain_ends_a_handshake() {
    let (mut peer, counters, stop, serving) = in_a_handshake(Duration::from_millis(50)).await;
    assert_eq!(counters.snapshot().open(), 1);
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    let end = peer.read(&mut [0; 8]).await;
    assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
    assert_eq!(counters.snapshot().open(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_never_ends_is_a_timeout() {
    let (mut ours, theirs) = duplex(64 * 1024);
    let mut server = server!(configs().0).limits(Limits::new().first_frame_time(Duration::from_secs(5)));
    let counters = server.counters();
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    ours.write_all(b"starttls\n").await.unwrap();
    let start = tokio::time::Instant::now();
    let mut seen = String::new();
    ours.read_to_string(&mut seen).await.unwrap();
    assert_eq!((&*seen, start.elapsed().as_secs()), ("go ahead\n", 5));
    drop(ours);
    running.await.unwrap();
    assert_eq!(counters.snapshot().timeouts, 1);
}

#[tokio::test]
async fn a_handshake_that_fails_is_an_error_and_the_end() {
    let (ours, mut theirs) = duplex(64 * 1024);
    let mut s = Session::over(ours, &ClientOptions::new());
    theirs.write_all(b"this is no TLS at all").await.unwrap();
    drop(theirs);
    assert!(matches!(s.start_tls(("localhost", configs().1)).await, Err(Error::Io(_))));
    assert!(matches!(s.recv::<Line>().await, Err(Error::Closed)));
}

/// Lets the other tasks run until they wait.
async fn others_run() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_push_waits_for_the_end_of_the_handshake() {
    let (ours, theirs) = duplex(64 * 1024);
    let (config, trust) = configs();
    let (told, peers) = oneshot::channel();
    let told = Arc::new(std::sync::Mutex::new(Some(told)));
    let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        s.feed(&Line::new("go ahead"))?;
        // This push waits already when the handshake is announced.
        s.handle().try_send(Line::new("early"))?;
        let _ = told.lock().unwrap().take().ok_or("twice")?.send(s.handle::<Line>());
        s.start_tls(Arc::clone(&config)).await?;
        s.require::<Line>().await?;
        Ok(())
    });
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    let mut s = Session::over(ours, &ClientOptions::new());
    assert_eq!(s.require::<Line>().await.unwrap(), Line::new("go ahead"));
    let peer: framewright::net::Peer<Line> = peers.await.unwrap();
    // The server is in the handshake, for which the client has not sent anything yet.
    peer.send(Line::new("pushed")).await.unwrap();
    others_run().await;
    s.start_tls(("localhost", trust)).await.unwrap();
    // Both were sent after the handshake. In plain text, they would have broken the handshake.
    assert_eq!(s.require::<Line>().await.unwrap(), Line::new("early"));
    assert_eq!(s.require::<Line>().await.unwrap(), Line::new("pushed"));
    s.send(&Line::new("bye")).await.unwrap();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_push_does_not_delay_the_end_after_a_handshake_that_fails() {
    let (mut ours, theirs) = duplex(64 * 1024);
    let config = configs().0;
    let (told, mut peers) = mpsc::unbounded_channel();
    let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        told.send(s.handle::<Line>())?;
        Ok(s.start_tls(Arc::clone(&config)).await?)
    });
    let server = server.limits(Limits::new().slow_reader(None).idle(None));
    let running = tokio::spawn(async move { server.serve_connection(theirs).await });
    let start = tokio::time::Instant::now();
    peers.recv().await.unwrap().send(Line::new("pushed")).await.unwrap();
    others_run().await;
    ours.write_all(b"this is no TLS at all").await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(3600), running).await;
    ended.expect("the connection stays open").unwrap().unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_push_waits_while_the_rest_of_a_body_is_skipped() {
    let (ours, theirs) = duplex(64 * 1024);
    let (config, trust) = configs();
    let (told, peers) = oneshot::channel();
    let told = Arc::new(std::sync::Mutex::new(Some(told)));
    let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        s.send(&Line::new("go ahead")).await?;
        let _ = told.lock().unwrap().take().ok_or("twice")?.send(s.handle::<Line>());
        let _ = s.body(5);
        s.start_tls(Arc::clone(&config)).await?;
        s.require::<Line>().await?;
        Ok(())
    });
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    let mut s = Session::over(ours, &ClientOptions::new());
    assert_eq!(s.require::<Line>().await.unwrap(), Line::new("go ahead"));
    let peer: framewright::net::Peer<Line> = peers.await.unwrap();
    // The server waits for the body, which the client has not sent yet.
    peer.send(Line::new("pushed")).await.unwrap();
    others_run().await;
    s.send_body(5, &b"body!"[..]).await.unwrap();
    // The server reads the body alone. It would refuse the handshake behind it in the same read.
    others_run().await;
    s.start_tls(("localhost", trust)).await.unwrap();
    assert_eq!(s.require::<Line>().await.unwrap(), Line::new("pushed"));
    s.send(&Line::new("bye")).await.unwrap();
    running.await.unwrap();
}

#[tokio::test]
async fn a_handshake_that_fails_is_logged_and_counted() {
    let (log, _guard) = Log::start();
    let (mut ours, theirs) = duplex(64 * 1024);
    let mut server = server!(configs().0);
    let counters = server.counters();
    ours.write_all(b"starttls\n").await.unwrap();
    let talking = async {
        ours.read_exact(&mut [0; 9]).await.unwrap();
        ours.write_all(b"this is no TLS at all").await.unwrap();
        ours.read_to_end(&mut Vec::new()).await.unwrap();
        drop(ours);
    };
    let (served, ()) = tokio::join!(server.serve_connection(theirs), talking);
    served.unwrap();
    assert_eq!(counters.snapshot().failures, 1);
    assert_eq!(log.count("WARN") + log.count("cancelled"), 1, "{}", log.text());
    assert_eq!(log.count("received corrupt message"), 1, "{}", log.text());
}
