//! Section 7 of the Autobahn test suite: the end of a connection.

use std::io::Write;

use super::{
    CLOSE, CONTINUATION, PING, PONG, TEXT, WS, closing, ends, fails, received, sent, upgraded, whole,
};
use crate::support::{Plain, Program};

/// Sends a close frame with the payload `said`, and checks that it is answered by a close frame
/// with the payload `answered`.
#[track_caller]
fn closes(server: &Program, said: &[u8], answered: &[u8]) {
    let mut peer = upgraded(server);
    peer.write_all(&whole(CLOSE, said)).unwrap();
    assert_eq!(peer.drain(), received(CLOSE, answered));
}

#[test]
fn a_close_is_answered_and_is_the_end() {
    let server = Program::server(WS, &[]);
    let (close, back) = (whole(CLOSE, &closing(1000, "")), received(CLOSE, &closing(1000, "")));
    // 7.1.1: a close frame after a message.
    let mut peer = upgraded(&server);
    peer.exchange(&whole(TEXT, b"Hello World!"), &received(TEXT, b"Hello World!"));
    ends(peer);
    // 7.1.2 to 7.1.4: frames after the close frame are not answered.
    for more in [close.clone(), whole(PING, b""), whole(TEXT, b"Hello World!")] {
        let mut peer = upgraded(&server);
        peer.write_all(&[close.clone(), more].concat()).unwrap();
        assert_eq!(peer.drain(), back);
    }
    // 7.1.5: a close frame in the middle of a message. The message is dropped.
    let mut peer = upgraded(&server);
    let begun = [sent(TEXT, b"fragment1"), close.clone(), whole(CONTINUATION, b"fragment2")];
    peer.write_all(&begun.concat()).unwrap();
    assert_eq!(peer.drain(), back);
    // 7.1.6: a close frame after a long message that is not read yet.
    let long = vec![b'B'; 256 * 1024];
    let mut peer = upgraded(&server);
    peer.write_all(&[whole(TEXT, &long), close, whole(PING, b"")].concat()).unwrap();
    assert!(peer.drain() == [received(TEXT, &long), back].concat());
}

#[test]
fn close_frames_carry_a_code_and_a_reason() {
    let server = Program::server(WS, &[]);
    // 7.3: an empty payload, a code, and a code with a reason of up to 123 bytes.
    closes(&server, b"", b"");
    fails(&server, &whole(CLOSE, b"a"), 1002);
    closes(&server, &closing(1000, ""), &closing(1000, ""));
    closes(&server, &closing(1000, "Hello World!"), &closing(1000, ""));
    closes(&server, &closing(1000, &"*".repeat(123)), &closing(1000, ""));
    fails(&server, &whole(CLOSE, &closing(1000, &"*".repeat(124))), 1002);
    fails(&server, &sent(CLOSE, &closing(1000, "")), 1002);
    // 7.5: a reason that is not UTF-8.
    fails(
        &server,
        &whole(CLOSE, b"\x03\xe8\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited"),
        1007,
    );
}

#[test]
fn only_defined_close_codes_are_accepted() {
    let server = Program::server(WS, &[]);
    // 7.7: valid codes.
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] {
        closes(&server, &closing(code, "because"), &closing(code, ""));
    }
    // 7.9 and 7.13: invalid codes.
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
        fails(&server, &whole(CLOSE, &closing(code, "")), 1002);
    }
}

#[cfg(unix)]
#[test]
fn a_server_that_stops_sends_a_close_frame() {
    let mut server = Program::server(WS, &[]);
    let mut peer = upgraded(&server);
    peer.exchange(&whole(PING, b"?"), &received(PONG, b"?"));
    server.interrupt();
    assert_eq!(peer.drain(), received(CLOSE, &closing(1001, "the server is stopping")));
    assert_eq!(server.status().code(), Some(0));
}
