//! Section 6 of the Autobahn test suite: text must be UTF-8, however it is fragmented.

use std::io::Write;

use super::{CONTINUATION, LAST, TEXT, WS, fails, is_well, received, sent, upgraded, whole};
use crate::support::{Plain, Program};

/// Valid UTF-8: characters of each encoded length, and the first and last character of each length
/// (6.5, 6.7, 6.9, 6.11, 6.13, 6.22, 6.23).
const VALID: &[&str] = &[
    "",
    "Hello-µ@ßöäüàá-UTF-8!!",
    "κόσμε",
    "\0",
    "\u{80}",
    "\u{800}",
    "\u{10000}",
    "\u{7f}",
    "\u{7ff}",
    "\u{ffff}",
    "\u{10ffff}",
    "\u{d7ff}",
    "\u{e000}",
    "\u{fffd}",
    "\u{fffe}",
    "\u{1fffe}",
    "\u{10fffe}",
];

/// Invalid UTF-8: values beyond the last character, continuation bytes without a first byte, first
/// bytes without continuation bytes, bytes that never occur, encodings that are not the shortest,
/// and surrogates (6.8, 6.10, 6.12, 6.14 to 6.21).
const INVALID: &[&[u8]] = &[
    b"\xf8\x88\x80\x80\x80",
    b"\xfc\x84\x80\x80\x80\x80",
    b"\xf7\xbf\xbf\xbf",
    b"\xfb\xbf\xbf\xbf\xbf",
    b"\xfd\xbf\xbf\xbf\xbf\xbf",
    b"\xf4\x90\x80\x80",
    b"\x80",
    b"\xbf",
    b"\x80\xbf\x80\xbf\x80\xbf\x80\xbf",
    b"\xc0 \xc1 \xc2 \xdf ",
    b"\xe0 \xe1 \xef ",
    b"\xf0 \xf7 ",
    b"\xc0",
    b"\xe0\x80",
    b"\xf0\x80\x80",
    b"\xdf",
    b"\xef\xbf",
    b"\xf7\xbf\xbf",
    b"\xfe",
    b"\xff",
    b"\xfe\xfe\xff\xff",
    b"\xc0\xaf",
    b"\xe0\x80\xaf",
    b"\xf0\x80\x80\xaf",
    b"\xc1\xbf",
    b"\xe0\x9f\xbf",
    b"\xf0\x8f\xbf\xbf",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xed\xad\xbf",
    b"\xed\xbf\xbf",
    b"\xed\xa0\x80\xed\xb0\x80",
    b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited",
];

/// Encodes a text message in fragments, one fragment for each text.
fn pieces<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut frames: Vec<_> = texts.into_iter().map(|text| sent(CONTINUATION, text)).collect();
    let last = frames.len() - 1;
    frames[0][0] |= TEXT;
    frames[last][0] |= LAST;
    frames.concat()
}

#[test]
fn valid_text_comes_back_however_it_is_cut() {
    let server = Program::server(WS, &[]);
    let mut peer = upgraded(&server);
    for text in VALID {
        let back = received(TEXT, text.as_bytes());
        peer.exchange(&whole(TEXT, text.as_bytes()), &back);
        // The text is fragmented after each byte, with an empty fragment at either end.
        let cut = pieces([&b""[..]].into_iter().chain(text.as_bytes().chunks(1)).chain([&b""[..]]));
        peer.exchange(&cut, &back);
        for at in 0..=text.len() {
            let (one, two) = text.as_bytes().split_at(at);
            peer.exchange(&pieces([one, two]), &back);
        }
    }
    is_well(peer);
}

#[test]
fn invalid_text_is_refused_however_it_is_split() {
    let server = Program::server(WS, &[]);
    for bytes in INVALID {
        fails(&server, &whole(TEXT, bytes), 1007);
        fails(&server, &pieces(bytes.chunks(1)), 1007);
    }
}

#[test]
fn invalid_text_is_refused_before_the_message_is_complete() {
    let server = Program::server(WS, &[]);
    // 6.4.1 and 6.4.2: the first fragment contains an invalid character, or begins a character that
    // the second fragment makes invalid.
    for cuts in [
        [&b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80"[..], b"edited"],
        [&b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4"[..], b"\x90"],
    ] {
        // The last fragment is never sent, so the error must be found before.
        let frames = [sent(TEXT, cuts[0]), sent(CONTINUATION, cuts[1])].concat();
        fails(&server, &frames, 1007);
    }
    // A character may be split between two fragments, but the message must not end within a
    // character.
    let mut peer = upgraded(&server);
    peer.write_all(&sent(TEXT, b"\xce")).unwrap();
    peer.exchange(&whole(CONTINUATION, b"\xba"), &received(TEXT, "κ".as_bytes()));
    is_well(peer);
    fails(&server, &[sent(TEXT, b"\xce"), whole(CONTINUATION, b"")].concat(), 1007);
}
