//! Tests of the limits: the length of a message, the length of a frame, and the size of all
//! incomplete messages together.

use std::io::Write;

use super::{BINARY, CONTINUATION, PING, PONG, TEXT, WS, fails, is_well, received, sent, upgraded, whole};
use crate::support::{Plain, Program};

const MASKED: u8 = 0x80;

#[test]
fn frames_of_clients_are_masked() {
    let server = Program::server(WS, &[]);
    fails(&server, &received(TEXT, b"Hello"), 1002);
    fails(&server, &received(PING, b""), 1002);
    fails(&server, &[sent(TEXT, b"Hel"), received(CONTINUATION, b"lo")].concat(), 1002);
}

#[test]
fn the_length_of_a_message_is_limited() {
    let server = Program::server(WS, &["--max-message", "1000"]);
    let mut peer = upgraded(&server);
    let most = vec![7; 1000];
    peer.exchange(&whole(BINARY, &most), &received(BINARY, &most));
    let halves = [sent(BINARY, &most[..500]), whole(CONTINUATION, &most[500..])].concat();
    peer.exchange(&halves, &received(BINARY, &most));
    is_well(peer);

    fails(&server, &whole(BINARY, &[7; 1001]), 1009);
    // The announced length is enough to refuse the frame: none of the payload is sent.
    fails(&server, &[0x82, MASKED | 127, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4], 1009);
    fails(&server, &[&[0x82, MASKED | 127][..], &[0xff; 8], &[1, 2, 3, 4]].concat(), 1009);
    let over =
        [sent(BINARY, &most[..500]), sent(CONTINUATION, &most[..500]), sent(CONTINUATION, b"x")].concat();
    fails(&server, &over, 1009);
}

#[test]
fn a_length_has_its_shortest_form() {
    let server = Program::server(WS, &[]);
    let key = [0; 4];
    fails(&server, &[&[0x81, MASKED | 126, 0, 5][..], &key, b"Hello"].concat(), 1002);
    fails(&server, &[&[0x81, MASKED | 127, 0, 0, 0, 0, 0, 0, 0, 5][..], &key, b"Hello"].concat(), 1002);
}

#[test]
fn the_incomplete_messages_of_an_address_are_limited() {
    let server = Program::server(WS, &[]);
    let piece = sent(BINARY, &vec![7; 16 * 1024 * 1024 - 100]);
    // Each connection holds an incomplete message. The answer to the ping shows that the server has
    // read it.
    let mut begun: Vec<_> = (0..4)
        .map(|_| {
            let mut peer = upgraded(&server);
            peer.write_all(&piece).unwrap();
            peer.exchange(&whole(PING, b"?"), &received(PONG, b"?"));
            peer
        })
        .collect();
    fails(&server, &sent(BINARY, &[7; 1000]), 1013);
    // The limit does not apply to messages in a single frame.
    let mut peer = upgraded(&server);
    peer.exchange(&whole(BINARY, b"whole"), &received(BINARY, b"whole"));
    // When a connection is closed, its incomplete message no longer counts.
    begun.pop().unwrap().finish();
    peer.write_all(&sent(BINARY, &[7; 1000])).unwrap();
    peer.exchange(&whole(PING, b"?"), &received(PONG, b"?"));
}
