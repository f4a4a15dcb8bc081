//! Tests of the server with queries that are encoded by hand.

use super::server;
use super::wire::{
    A, CNAME, MX, NO_ERROR, NO_SUCH_NAME, NOT_IMPLEMENTED, REFUSED, SOA, TXT, ask, ask_tcp, extended, header,
    name, prefixed, query, receive, receive_tcp,
};
use crate::support::udp;

/// Returns the part of an answer after the questions.
fn behind<'a>(answer: &'a [u8], query: &[u8]) -> &'a [u8] {
    // The question is returned unchanged.
    assert_eq!(answer[12..query.len()], query[12..]);
    &answer[query.len()..]
}

#[test]
fn answers_with_the_same_bytes_over_udp_and_tcp() {
    let server = server();
    let query = query(0xbeef, "example.test.", A);
    let answer = ask(&server, &query);
    let expected = [
        header(0xbeef, 0x8500, [1, 1, 0, 0]),
        query[12..].to_vec(),
        b"\xc0\x0c\0\x01\0\x01\0\0\x0e\x10\0\x04\xc0\0\x02\x01".to_vec(),
    ];
    assert_eq!(answer.bytes, expected.concat());
    assert_eq!(ask_tcp(&mut server.connect(), &query).bytes, answer.bytes);
}

#[test]
fn answers_each_kind() {
    let server = server();
    let mut peer = server.connect();
    let mut data = |of: &str, kind: u16| {
        let query = query(1, of, kind);
        let answer = ask_tcp(&mut peer, &query);
        assert_eq!((answer.code, answer.counts, answer.authoritative), (NO_ERROR, [1, 1, 0, 0], true));
        behind(&answer.bytes, &query)[12..].to_vec()
    };
    assert_eq!(data("mail.example.test.", A), [192, 0, 2, 25]);
    assert_eq!(data("mail.example.test.", 28), b"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x25");
    assert_eq!(data("example.test.", TXT), b"\x0ev=spf1 mx -all");
    assert_eq!(data("example.test.", 2), name("ns.example.test."));
    assert_eq!(data("www.example.test.", CNAME), name("example.test."));
    let numbers =
        [2_024_010_101_u32, 7200, 900, 1_209_600, 300].into_iter().flat_map(u32::to_be_bytes).collect();
    let soa = [name("ns.example.test."), name("hostmaster.example.test."), numbers].concat();
    assert_eq!(data("example.test.", SOA), soa);

    let query = query(1, "example.test.", MX);
    let mail = [&b"\xc0\x0c\0\x0f\0\x01\0\0\x0e\x10\0\x15\0\x0a"[..], &name("mail.example.test.")].concat();
    let other = [&b"\xc0\x0c\0\x0f\0\x01\0\0\x0e\x10\0\x14\0\x14"[..], &name("mail.example.org.")].concat();
    assert_eq!(behind(&ask_tcp(&mut peer, &query).bytes, &query), [mail, other].concat());
}

#[test]
fn names_ignore_case_and_are_returned_unchanged() {
    let server = server();
    let query = query(1, "MaIl.eXample.TEST.", A);
    let answer = ask(&server, &query);
    assert_eq!(behind(&answer.bytes, &query), b"\xc0\x0c\0\x01\0\x01\0\0\x02\x58\0\x04\xc0\0\x02\x19");
}

#[test]
fn follows_aliases() {
    let server = server();
    let found = ask(&server, &query(1, "old.example.test.", A));
    // The answer contains two aliases, and the record to which they lead.
    assert_eq!((found.code, found.counts), (NO_ERROR, [1, 3, 0, 0]));
    assert!(found.bytes.ends_with(b"\xc0\0\x02\x01"));
    let elsewhere = ask(&server, &query(1, "elsewhere.example.test.", A));
    assert_eq!((elsewhere.code, elsewhere.counts, elsewhere.authoritative), (NO_ERROR, [1, 1, 0, 0], true));
    let gone = ask(&server, &query(1, "gone.example.test.", A));
    assert_eq!((gone.code, gone.counts), (NO_SUCH_NAME, [1, 1, 1, 0]));
    // A question for the alias itself returns the alias.
    assert_eq!(ask(&server, &query(1, "old.example.test.", CNAME)).counts, [1, 1, 0, 0]);
    assert_eq!(ask(&server, &query(1, "old.example.test.", 255)).counts, [1, 1, 0, 0]);
}

#[test]
fn missing_names_and_records_get_negative_answers() {
    let server = server();
    for (of, kind, code) in [
        ("nobody.example.test.", A, NO_SUCH_NAME),
        ("x.mail.example.test.", A, NO_SUCH_NAME),
        ("dee.example.test.", A, NO_SUCH_NAME),
        ("mail.example.test.", MX, NO_ERROR),
        // These names exist because names below them exist.
        ("deep.example.test.", A, NO_ERROR),
        ("b.deep.example.test.", A, NO_ERROR),
    ] {
        let query = query(1, of, kind);
        let answer = ask(&server, &query);
        assert_eq!((answer.code, answer.counts, answer.authoritative), (code, [1, 0, 1, 0], true), "{of}");
        let soa = [name("example.test."), b"\0\x06\0\x01\0\0\x01\x2c".to_vec()].concat();
        assert!(behind(&answer.bytes, &query).starts_with(&soa), "{of}");
    }
}

#[test]
fn refuses_other_zones_and_classes() {
    let server = server();
    for of in ["example.org.", "test.", "otherexample.test.", ""] {
        let answer = ask(&server, &query(1, of, A));
        assert_eq!(
            (answer.code, answer.counts, answer.authoritative),
            (REFUSED, [1, 0, 0, 0], false),
            "{of}"
        );
    }
    // The server refuses a transfer of the zone, and a question with another class.
    assert_eq!(ask(&server, &query(1, "example.test.", 252)).code, REFUSED);
    let mut chaos = query(1, "example.test.", A);
    *chaos.last_mut().unwrap() = 3;
    assert_eq!(ask(&server, &chaos).code, REFUSED);
    *chaos.last_mut().unwrap() = 255;
    assert_eq!(ask(&server, &chaos).code, NO_ERROR);
}

#[test]
fn other_operations_are_not_implemented() {
    let server = server();
    for opcode in 1..16 {
        let mut query = query(7, "example.test.", SOA);
        query[2] |= opcode << 3;
        let answer = ask(&server, &query);
        assert_eq!((answer.id, answer.code, answer.counts[1]), (7, NOT_IMPLEMENTED, 0));
        // The answer repeats the opcode and the recursion flag of the query.
        assert_eq!(answer.bytes[2], 0x81 | opcode << 3);
        // Messages with another opcode may have another layout, so the server must not parse them.
        query.truncate(20);
        assert_eq!(ask(&server, &query).code, NOT_IMPLEMENTED);
    }
}

#[test]
fn long_answers_are_truncated_over_udp_only() {
    let server = server();
    let long = query(1, "long.example.test.", TXT);
    let answer = ask(&server, &long);
    assert_eq!((answer.truncated, answer.counts, answer.bytes.len()), (true, [1, 0, 0, 0], long.len()));
    let answer = ask_tcp(&mut server.connect(), &long);
    assert_eq!((answer.truncated, answer.counts), (false, [1, 5, 0, 0]));
    let whole = u16::try_from(answer.bytes.len()).unwrap();

    // The EDNS extension of the query announces larger datagrams. The extension of the answer takes
    // 11 bytes.
    for (room, truncated) in
        [(0, true), (512, true), (whole + 10, true), (whole + 11, false), (65_535, false)]
    {
        let answer = ask(&server, &extended(1, "long.example.test.", TXT, room, 0));
        let counts = [1, if truncated { 0 } else { 5 }, 0, 1];
        assert_eq!((answer.truncated, answer.counts, answer.code), (truncated, counts, NO_ERROR), "{room}");
    }
    // The server never sends a datagram of more than 1232 bytes, whatever the client announces.
    let longest = extended(1, "longest.example.test.", TXT, 65_535, 0);
    assert!(ask(&server, &longest).truncated);
    let answer = ask_tcp(&mut server.connect(), &longest);
    assert_eq!((answer.truncated, answer.counts), (false, [1, 12, 0, 1]));
}

#[test]
fn the_extension_is_answered_by_the_extension() {
    let server = server();
    let answer = ask(&server, &extended(1, "mail.example.test.", A, 4096, 0));
    // The extension in the answer announces 1232 bytes and version 0, and repeats the DNSSEC flag
    // of the query.
    assert!(answer.bytes.ends_with(b"\0\0\x29\x04\xd0\0\0\x80\0\0\0"), "{}", answer.bytes.escape_ascii());
    assert_eq!(answer.counts, [1, 1, 0, 1]);
    // The code for an unknown version is 16. Its upper bits are in the extension.
    let answer = ask(&server, &extended(1, "mail.example.test.", A, 4096, 1));
    assert!(answer.bytes.ends_with(b"\0\0\x29\x04\xd0\x01\0\x80\0\0\0"), "{}", answer.bytes.escape_ascii());
    assert_eq!((answer.code, answer.counts), (NO_ERROR, [1, 0, 0, 1]));
    // Unknown options have no effect.
    let mut cookie = extended(1, "mail.example.test.", A, 4096, 0);
    let len = cookie.len();
    cookie[len - 1] = 12;
    cookie.extend(b"\0\x0a\0\x08cookie!?");
    assert_eq!(ask(&server, &cookie).counts, [1, 1, 0, 1]);
}

#[test]
fn queries_of_a_connection_can_be_pipelined() {
    let server = server();
    let mut peer = server.connect();
    let queries: Vec<u8> = (0..500).flat_map(|id| prefixed(&query(id, "example.test.", A))).collect();
    std::io::Write::write_all(&mut peer, &queries).unwrap();
    for id in 0..500 {
        let answer = receive_tcp(&mut peer);
        assert_eq!((answer.id, answer.counts), (id, [1, 1, 0, 0]));
    }
}

#[test]
fn each_client_gets_its_own_answer() {
    let server = server();
    let sockets: Vec<_> = (0..50).map(|_| udp(server.address)).collect();
    for (id, socket) in (0..).zip(&sockets) {
        socket.send(&query(id, "example.test.", A)).unwrap();
    }
    for (id, socket) in (0..).zip(&sockets) {
        assert_eq!(receive(socket).id, id);
    }
}
