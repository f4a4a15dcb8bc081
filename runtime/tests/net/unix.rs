//! Tests of Unix sockets.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;

use framewright::ClientOptions;
use framewright::net::{Client, Server, Session};
use tokio::sync::oneshot;

use crate::frames::Line;
use crate::peer::blocking;

/// Returns a separate path for each test.
fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("framewright-{name}-{}.sock", std::process::id()))
}

#[tokio::test]
async fn frames_over_a_unix_socket() {
    let path = path("frames");
    let server = Server::new(async |line: Line| line).bind_unix(&path).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(server.serve_until(stopped));
    let mut client = Client::<Line>::connect_unix(&path).await.unwrap();
    assert_eq!(client.call(&Line::new("hi")).await.unwrap(), Line::new("hi"));
    let raw = path.clone();
    blocking(move || {
        let mut raw = UnixStream::connect(raw).unwrap();
        raw.write_all(b"raw\n").unwrap();
        let mut bytes = [0; 4];
        raw.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"raw\n");
    })
    .await;
    let address = path.clone();
    blocking(move || {
        let mut client = framewright::blocking::Client::<Line>::connect_unix(&address).unwrap();
        assert_eq!(client.call(&Line::new("hi")).unwrap(), Line::new("hi"));
        let mut s = framewright::blocking::Session::connect_unix(&address).unwrap();
        assert_eq!(s.call::<_, Line>(&Line::new("hi")).unwrap(), Line::new("hi"));
        let missing = address.with_extension("missing");
        let error = framewright::blocking::Session::connect_unix(&missing).unwrap_err();
        assert!(error.to_string().contains(&missing.display().to_string()), "{error}");
    })
    .await;
    drop(client);
    stop.send(()).unwrap();
    task.await.unwrap().unwrap();
    assert!(!path.exists(), "the file is removed");
}

#[tokio::test]
async fn a_client_of_a_unix_socket_takes_options() {
    let path = path("options");
    let server = Server::new(async |line: Line| line).bind_unix(&path).unwrap();
    let task = tokio::spawn(server.serve());
    let options = ClientOptions::new().max_frame(4);
    let too_long = "expected at most 4, found a frame of at least 6 bytes";
    let mut client = Client::<Line>::connect_unix_with(&path, options.clone()).await.unwrap();
    let error = client.call(&Line::new("hello")).await.unwrap_err();
    assert!(error.to_string().ends_with(too_long), "{error}");
    let mut s = Session::connect_unix_with(&path, options.clone()).await.unwrap();
    let error = s.call::<_, Line>(&Line::new("hello")).await.unwrap_err();
    assert!(error.to_string().ends_with(too_long), "{error}");
    let address = path.clone();
    blocking(move || {
        let mut client =
            framewright::blocking::Client::<Line>::connect_unix_with(&address, options.clone()).unwrap();
        let error = client.call(&Line::new("hello")).unwrap_err();
        assert!(error.to_string().ends_with(too_long), "{error}");
        let mut s = framewright::blocking::Session::connect_unix_with(&address, options).unwrap();
        let error = s.call::<_, Line>(&Line::new("hello")).unwrap_err();
        assert!(error.to_string().ends_with(too_long), "{error}");
    })
    .await;
    task.abort();
    let _ = std::fs::remove_file(path);
}

#[tokio::test]
async fn an_abandoned_socket_is_replaced_and_one_in_use_is_not() {
    let path = path("left");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let server = Server::new(async |line: Line| line).bind_unix(&path).unwrap();
    let error = Server::new(async |line: Line| line).bind_unix(&path).unwrap_err();
    assert!(error.to_string().starts_with(&format!("cannot listen on {}: ", path.display())), "{error}");
    drop(server);
    assert!(!path.exists());

    std::fs::write(&path, "precious").unwrap();
    assert!(Server::new(async |line: Line| line).bind_unix(&path).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
    std::fs::remove_file(&path).unwrap();
}

#[tokio::test]
async fn an_existing_listener_can_be_used() {
    let path = path("handed");
    let listener = UnixListener::bind(&path).unwrap();
    let server = Server::new(async |line: Line| line).listener(listener).unwrap();
    let task = tokio::spawn(server.serve());
    let mut client = Client::<Line>::connect_unix(&path).await.unwrap();
    assert_eq!(client.call(&Line::new("hi")).await.unwrap(), Line::new("hi"));
    task.abort();
    std::fs::remove_file(&path).unwrap();
}
