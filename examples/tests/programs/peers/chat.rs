//! Tests of `chat` and `chat-echo` with plain sockets.

use std::io::Write;
use std::net::TcpStream;

use crate::support::{Plain, Program};

pub(crate) const CHAT: &str = env!("CARGO_BIN_EXE_chat");
const CHAT_ECHO: &str = env!("CARGO_BIN_EXE_chat-echo");

/// Encodes a message as a client sends it: `struct.pack("!IIBI", ..) + body`.
pub(crate) fn msg(sender: u32, receiver: u32, kind: u8, body: &[u8]) -> Vec<u8> {
    [&sender.to_be_bytes()[..], &receiver.to_be_bytes(), &[kind], &len(body), body].concat()
}

/// Encodes a message as the server sends it: `struct.pack("!IBI", ..) + body`.
pub(crate) fn reply(sender: u32, kind: u8, body: &[u8]) -> Vec<u8> {
    [&sender.to_be_bytes()[..], &[kind], &len(body), body].concat()
}

fn len(body: &[u8]) -> [u8; 4] {
    u32::try_from(body.len()).unwrap().to_be_bytes()
}

/// Returns a connection that has got this name.
fn named(server: &Program, name: u32) -> TcpStream {
    let mut peer = server.connect();
    peer.exchange(&msg(name, 0, 1, b"here"), &reply(name, 1, b"here"));
    peer
}

#[test]
fn gives_receipts_and_passes_on() {
    let server = Program::server(CHAT, &[]);
    let (mut ada, mut bob, mut eve) = (named(&server, 1), named(&server, 2), named(&server, 3));
    ada.exchange(
        b"\x00\x00\x00\x01\x00\x00\x00\x02\x01\x00\x00\x00\x08hi there",
        b"\x00\x00\x00\x01\x01\x00\x00\x00\x08hi there",
    );
    bob.expect(b"\x00\x00\x00\x01\x01\x00\x00\x00\x08hi there");
    bob.exchange(&msg(2, 1, 2, &[0xff, 0, 0x89]), &reply(2, 2, &[0xff, 0, 0x89]));
    ada.expect(&reply(2, 2, &[0xff, 0, 0x89]));
    // Nothing was sent to Eve, so the first message that she receives is the receipt of her own
    // message.
    eve.exchange(&msg(3, 9, 1, b"alone"), &reply(3, 1, b"alone"));
}

#[test]
fn passes_on_kinds_it_does_not_know() {
    let server = Program::server(CHAT, &[]);
    let (mut ada, mut bob) = (named(&server, 1), named(&server, 2));
    for kind in [0, 3, 4, 5, 127, 255] {
        ada.exchange(&msg(1, 2, kind, b"body"), &reply(1, kind, b"body"));
        bob.expect(&reply(1, kind, b"body"));
    }
}

#[test]
fn writing_to_oneself_is_a_receipt_and_a_message() {
    let server = Program::server(CHAT, &[]);
    let mut ada = server.connect();
    let note = reply(1, 1, b"note");
    ada.exchange(&msg(1, 1, 1, b"note"), &[&note[..], &note].concat());
    assert_eq!(ada.finish(), b"");
}

#[test]
fn a_receipt_comes_whether_the_receiver_is_there_or_not() {
    let mut server = Program::server(CHAT, &[]);
    let mut ada = named(&server, 1);
    ada.exchange(&msg(1, 2, 1, b"too early"), &reply(1, 1, b"too early"));
    // Stored messages are sent once the connection has a name.
    let mut bob = server.connect();
    bob.write_all(&msg(2, 0, 1, b"here")).unwrap();
    let both = [reply(1, 1, b"too early"), reply(2, 1, b"here")];
    let first = bob.take_bytes(both[0].len() + both[1].len());
    assert!(first == both.concat() || first == [&both[1][..], &both[0]].concat(), "{first:?}");
    ada.exchange(&msg(1, 2, 1, b"now"), &reply(1, 1, b"now"));
    bob.expect(&reply(1, 1, b"now"));
    assert_eq!(bob.finish(), b"");
    server.wait_for(&["2 is gone"]);
    ada.exchange(&msg(1, 2, 1, b"too late"), &reply(1, 1, b"too late"));
    // Messages that were delivered are not sent again.
    let mut bob = server.connect();
    bob.write_all(&msg(2, 0, 1, b"")).unwrap();
    let both = bob.take_bytes(reply(1, 1, b"too late").len() + reply(2, 1, b"").len());
    assert!(both.windows(8).any(|window| window == b"too late"), "{both:?}");
    assert_eq!(bob.finish(), b"");
}

#[test]
fn the_first_frame_names_the_connection() {
    let server = Program::server(CHAT, &[]);
    let mut ada = named(&server, 1);
    // A message with another sender does not change the name of the connection.
    ada.exchange(&msg(7, 0, 1, b"x"), &reply(7, 1, b"x"));
    let mut bob = named(&server, 2);
    bob.exchange(&msg(2, 7, 1, b"seven?"), &reply(2, 1, b"seven?"));
    bob.exchange(&msg(2, 1, 1, b"one?"), &reply(2, 1, b"one?"));
    ada.expect(&reply(2, 1, b"one?"));
}

#[test]
fn messages_go_to_the_newer_connection_of_a_name() {
    let mut server = Program::server(CHAT, &[]);
    let mut old = named(&server, 1);
    let mut new = named(&server, 1);
    let mut bob = named(&server, 2);
    bob.exchange(&msg(2, 1, 1, b"a"), &reply(2, 1, b"a"));
    new.expect(&reply(2, 1, b"a"));
    old.exchange(&msg(1, 2, 1, b"b"), &reply(1, 1, b"b"));
    bob.expect(&reply(1, 1, b"b"));
    // The end of the older connection does not affect the newer one.
    assert_eq!(old.finish(), b"");
    server.wait_for(&["1 is gone"]);
    bob.exchange(&msg(2, 1, 1, b"c"), &reply(2, 1, b"c"));
    new.expect(&reply(2, 1, b"c"));
}

#[test]
fn takes_messages_however_they_are_cut() {
    let server = Program::server(CHAT, &[]);
    let (mut ada, mut bob) = (named(&server, 1), named(&server, 2));
    ada.set_nodelay(true).unwrap();
    for byte in msg(1, 2, 1, b"slowly") {
        ada.write_all(&[byte]).unwrap();
    }
    ada.expect(&reply(1, 1, b"slowly"));
    bob.expect(&reply(1, 1, b"slowly"));
    let many: Vec<_> = (0..100u8).collect();
    ada.write_all(&many.iter().flat_map(|n| msg(1, 2, *n, &[*n])).collect::<Vec<_>>()).unwrap();
    let replies: Vec<_> = many.iter().flat_map(|n| reply(1, *n, &[*n])).collect();
    ada.expect(&replies);
    bob.expect(&replies);
}

#[test]
fn large_bodies_pass() {
    let server = Program::server(CHAT, &[]);
    let (mut ada, mut bob) = (named(&server, 1), named(&server, 2));
    let video = vec![0x5a; 1024 * 1024];
    ada.exchange(&msg(1, 2, 4, &video), &reply(1, 4, &video));
    bob.expect(&reply(1, 4, &video));
    ada.exchange(&msg(1, 2, 1, b""), &reply(1, 1, b""));
    bob.expect(&reply(1, 1, b""));
}

#[test]
fn a_body_over_the_limit_closes_that_connection_alone() {
    let mut server = Program::server(CHAT, &["--max-body", "16"]);
    let (mut ada, mut bob) = (named(&server, 1), named(&server, 2));
    ada.exchange(&msg(1, 2, 1, &[b'x'; 16]), &reply(1, 1, &[b'x'; 16]));
    bob.expect(&reply(1, 1, &[b'x'; 16]));
    let mut eve = named(&server, 3);
    let name = format!("peer={}", eve.local_addr().unwrap());
    // The announced length is enough to refuse the message: none of the body is sent.
    eve.write_all(&msg(3, 2, 1, &[b'x'; 17])[..13]).unwrap();
    assert_eq!(eve.drain(), b"");
    server.wait_for(&[&name, "ChatMsg.body at byte 13: expected at most 29"]);
    ada.exchange(&msg(1, 2, 1, b"fine"), &reply(1, 1, b"fine"));
    bob.expect(&reply(1, 1, b"fine"));
}

#[test]
fn chat_echo_answers_the_sender_alone() {
    let server = Program::server(CHAT_ECHO, &[]);
    let mut bob = server.connect();
    bob.exchange(&msg(2, 1, 1, b"here"), &reply(2, 1, b"here"));
    let mut ada = server.connect();
    for kind in [1, 2, 3, 4, 200] {
        ada.exchange(&msg(1, 2, kind, b"body"), &reply(1, kind, b"body"));
    }
    assert_eq!(bob.finish(), b"");
}
