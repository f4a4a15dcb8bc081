//! The test cases of sections 1 to 5 and 10 in the documentation of the Autobahn test suite,
//! encoded by hand. Section 6 is in `text.rs`, section 7 in `closing.rs`.

use std::io::Write;

use super::{
    BINARY, CONTINUATION, LAST, PING, PONG, TEXT, WS, fails, fails_behind, in_bytes, is_well, received, sent,
    upgraded, whole,
};
use crate::support::{Plain, Program};

#[test]
fn section_1_messages_of_any_length_come_back() {
    let server = Program::server(WS, &[]);
    let mut peer = upgraded(&server);
    for opcode in [TEXT, BINARY] {
        let byte = if opcode == TEXT { b'*' } else { 0xfe };
        for len in [0, 125, 126, 127, 128, 65_535, 65_536] {
            let payload = vec![byte; len];
            peer.exchange(&whole(opcode, &payload), &received(opcode, &payload));
        }
        // The frame is sent in several writes of up to 997 bytes.
        let payload = vec![byte; 65_536];
        whole(opcode, &payload).chunks(997).for_each(|chunk| peer.write_all(chunk).unwrap());
        peer.expect(&received(opcode, &payload));
    }
    is_well(peer);
}

#[test]
fn section_2_pings_are_answered() {
    let server = Program::server(WS, &[]);
    let mut peer = upgraded(&server);
    let binary = [0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff];
    for payload in [&b""[..], b"Hello, world!", &binary, &[0xfe; 125]] {
        peer.exchange(&whole(PING, payload), &received(PONG, payload));
    }
    fails(&server, &whole(PING, &[0xfe; 126]), 1002);
    in_bytes(&mut peer, &whole(PING, &[0xfe; 125]));
    peer.expect(&received(PONG, &[0xfe; 125]));

    // Pongs without a ping are ignored.
    peer.write_all(&[whole(PONG, b""), whole(PONG, b"unsolicited pong")].concat()).unwrap();
    let pings = || (0..10_u8).map(|n| format!("payload-{n}"));
    let asked: Vec<_> = pings().flat_map(|payload| whole(PING, payload.as_bytes())).collect();
    let answered: Vec<_> = pings().flat_map(|payload| received(PONG, payload.as_bytes())).collect();
    peer.exchange(&asked, &answered);
    in_bytes(&mut peer, &asked);
    peer.expect(&answered);
    is_well(peer);
}

#[test]
fn section_3_reserved_bits_are_refused() {
    let server = Program::server(WS, &[]);
    let well = whole(TEXT, b"Hello, world!");
    let back = received(TEXT, b"Hello, world!");
    fails(&server, &sent(LAST | 0x40 | TEXT, b"Hello, world!"), 1002);
    // The invalid frame follows a valid message, which is still echoed. Both are sent in one write
    // or in several, with all kinds of frames.
    for (reserved, opcode) in
        [(0x20, TEXT), (0x30, TEXT), (0x10, BINARY), (0x50, PING), (0x60, super::CLOSE), (0x70, TEXT)]
    {
        let bad = sent(LAST | reserved | opcode, b"");
        fails_behind(&server, &[well.clone(), bad.clone()].concat(), &back, 1002);
        let mut peer = upgraded(&server);
        in_bytes(&mut peer, &[well.clone(), bad].concat());
        peer.expect(&back);
        assert_eq!(peer.drain()[2..4], 1002_u16.to_be_bytes());
    }
}

#[test]
fn section_4_reserved_opcodes_are_refused() {
    let server = Program::server(WS, &[]);
    let well = whole(TEXT, b"Hello, world!");
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        fails(&server, &whole(opcode, b""), 1002);
        fails(&server, &whole(opcode, b"reserved opcode payload"), 1002);
        let both = [well.clone(), whole(opcode, b"x")].concat();
        fails_behind(&server, &both, &received(TEXT, b"Hello, world!"), 1002);
    }
}

#[test]
fn section_5_messages_may_be_in_pieces() {
    let server = Program::server(WS, &[]);
    // 5.1 and 5.2: control frames cannot be fragmented.
    for opcode in [PING, PONG] {
        fails(&server, &[sent(opcode, b"fragment1"), whole(CONTINUATION, b"fragment2")].concat(), 1002);
    }
    // 5.3 to 5.8: two fragments, with or without a ping between them, sent in one write, frame by
    // frame, and byte by byte.
    let mut peer = upgraded(&server);
    let back = received(TEXT, b"fragment1fragment2");
    let (one, two) = (sent(TEXT, b"fragment1"), whole(CONTINUATION, b"fragment2"));
    let ping = whole(PING, b"ping payload");
    let pong = received(PONG, b"ping payload");
    peer.exchange(&[one.clone(), two.clone()].concat(), &back);
    for frame in [&one, &two] {
        peer.write_all(frame).unwrap();
    }
    peer.expect(&back);
    in_bytes(&mut peer, &[one.clone(), two.clone()].concat());
    peer.expect(&back);
    peer.exchange(&[one.clone(), ping.clone(), two.clone()].concat(), &[pong.clone(), back.clone()].concat());
    peer.exchange(&[one.clone(), ping.clone()].concat(), &pong);
    peer.exchange(&two, &back);
    in_bytes(&mut peer, &[one.clone(), ping.clone(), two.clone()].concat());
    peer.expect(&[pong.clone(), back].concat());
    is_well(peer);

    // 5.9 to 5.17: a continuation frame without a message.
    for first in [LAST | CONTINUATION, CONTINUATION] {
        let stray = sent(first, b"non-continuation payload");
        fails(&server, &stray, 1002);
        fails(&server, &[stray, whole(TEXT, b"Hello, world!")].concat(), 1002);
    }
    let twice =
        [sent(TEXT, b"fragment1"), whole(CONTINUATION, b"fragment2"), sent(CONTINUATION, b"fragment3")];
    fails_behind(&server, &twice.concat(), &received(TEXT, b"fragment1fragment2"), 1002);
    // 5.18: a message in the middle of another.
    fails(&server, &[one.clone(), whole(TEXT, b"fragment2")].concat(), 1002);
    fails(&server, &[one, whole(BINARY, b"fragment2")].concat(), 1002);

    // 5.19 and 5.20: five fragments, with pings between them.
    let mut peer = upgraded(&server);
    let piece = |first: u8, n: u8| sent(first, format!("fragment{n}").as_bytes());
    let begin = [piece(TEXT, 1), piece(CONTINUATION, 2), whole(PING, b"pongme 1!")].concat();
    let end = [
        piece(CONTINUATION, 3),
        piece(CONTINUATION, 4),
        whole(PING, b"pongme 2!"),
        piece(LAST | CONTINUATION, 5),
    ];
    let end = end.concat();
    let answers =
        [received(PONG, b"pongme 2!"), received(TEXT, b"fragment1fragment2fragment3fragment4fragment5")]
            .concat();
    peer.exchange(&begin, &received(PONG, b"pongme 1!"));
    peer.exchange(&end, &answers);
    peer.exchange(&[begin, end].concat(), &[received(PONG, b"pongme 1!"), answers].concat());
    is_well(peer);
}

#[test]
fn section_10_many_pieces_are_a_message() {
    let server = Program::server(WS, &[]);
    let mut peer = upgraded(&server);
    let text = vec![b'*'; 65_536];
    let mut frames: Vec<_> = text.chunks(1300).map(|piece| sent(CONTINUATION, piece)).collect();
    let last = frames.len() - 1;
    frames[0][0] |= TEXT;
    frames[last][0] |= LAST;
    peer.exchange(&frames.concat(), &received(TEXT, &text));
    is_well(peer);
}
