//! Tests of `hello` with plain sockets.

use std::io::Write;

use crate::support::{Plain, Program, Running, listen, patient, run, udp};

const HELLO: &str = env!("CARGO_BIN_EXE_hello");

#[test]
fn greets_over_tcp() {
    let server = Program::server(HELLO, &[]);
    let mut peer = server.connect();
    peer.expect(b"Welcome!");
    peer.exchange(b"Ada", b"Hello, Ada!");
    peer.exchange("Zoë and all".as_bytes(), "Hello, Zoë and all!".as_bytes());
    peer.exchange(b"exit ", b"Hello, exit !");
    peer.write_all(b"exit").unwrap();
    assert_eq!(peer.drain(), b"");
}

#[test]
fn closes_at_the_end_of_the_stream() {
    let mut server = Program::server(HELLO, &[]);
    let mut peer = server.connect();
    peer.expect(b"Welcome!");
    peer.exchange(b"Ada", b"Hello, Ada!");
    let name = format!("peer={}", peer.local_addr().unwrap());
    assert_eq!(peer.finish(), b"");
    server.wait_for(&[&name, "closed: the peer closed the connection"]);
}

#[test]
fn clients_do_not_wait_for_each_other() {
    let server = Program::server(HELLO, &[]);
    let mut peers: Vec<_> = (0..20).map(|_| server.connect()).collect();
    for peer in &mut peers {
        peer.expect(b"Welcome!");
    }
    for (number, peer) in peers.iter_mut().enumerate().rev() {
        peer.exchange(format!("{number}").as_bytes(), format!("Hello, {number}!").as_bytes());
    }
}

#[test]
fn greets_over_udp_on_the_same_port() {
    let server = Program::server(HELLO, &[]);
    let mut stream = server.connect();
    stream.expect(b"Welcome!");
    let (ada, bob) = (udp(server.address), udp(server.address));
    let mut buffer = [0; 100];
    bob.send(b"Bob").unwrap();
    ada.send("Zoë".as_bytes()).unwrap();
    let len = ada.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..len], "hello Zoë!".as_bytes());
    let len = bob.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..len], b"hello Bob!");
    // Over UDP, `exit` is a name like any other.
    bob.send(b"exit").unwrap();
    let len = bob.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..len], b"hello exit!");
    // The greeting of another server and long names are not answered.
    bob.send(b"hello Bob!").unwrap();
    bob.send(&[b'x'; 65]).unwrap();
    bob.send(&[b'x'; 64]).unwrap();
    assert_eq!(bob.recv(&mut buffer).unwrap(), "hello !".len() + 64);
    stream.exchange(b"Ada", b"Hello, Ada!");
}

#[test]
fn client_talks_to_a_plain_server() {
    let (listener, address) = listen();
    let client = Running::start(HELLO, &["client", "--connect", &address, "Ada", "exit"]);
    let mut peer = patient(listener.accept().unwrap().0);
    peer.exchange(b"Welcome!", b"Ada");
    peer.exchange(b"Hello, Ada!", b"exit");
    drop(peer);
    let ended = client.end();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "Welcome!\nHello, Ada!\n"), "{}", ended.stderr);
}

#[test]
fn client_refuses_another_protocol() {
    let (listener, address) = listen();
    let client = Running::start(HELLO, &["client", "--connect", &address, "Ada"]);
    let mut peer = patient(listener.accept().unwrap().0);
    peer.write_all(b"SSH-2.0-x").unwrap();
    let ended = client.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("at byte 0"), "{}", ended.stderr);
}

#[test]
fn client_sends_datagrams() {
    let server = Program::server(HELLO, &[]);
    let ended = run(HELLO, &["client", "--udp", "--connect", &server.address.to_string(), "Ada", "Bob"]);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (Some(0), "hello Ada!\nhello Bob!\n"),
        "{}",
        ended.stderr
    );
}
