//! Tests that malformed queries are answered as far as possible, and do no harm.

use std::io::Write;
use std::net::UdpSocket;

use super::server;
use super::wire::{
    A, FORMAT_ERROR, NO_ERROR, NO_SUCH_NAME, TXT, ask, ask_tcp, extended, header, name, prefixed, query,
    receive, receive_tcp,
};
use crate::support::{Plain, Program, udp};

/// Checks that the server does not answer a datagram: the first answer that arrives belongs to the
/// query that is sent afterwards.
#[track_caller]
fn ignores(socket: &UdpSocket, datagram: &[u8]) {
    socket.send(datagram).unwrap();
    socket.send(&query(0x600d, "example.test.", A)).unwrap();
    let answer = receive(socket);
    assert_eq!((answer.id, answer.code), (0x600d, NO_ERROR));
}

/// Checks that the answer is a format error with this id, over UDP and over TCP.
#[track_caller]
fn refuses(server: &Program, bytes: &[u8]) {
    let expected = header(u16::from_be_bytes([bytes[0], bytes[1]]), 0x8001, [0; 4]);
    let mut answer = ask(server, bytes).bytes;
    answer[2] &= !1;
    assert_eq!(answer, expected, "{}", bytes.escape_ascii());
    let mut peer = server.connect();
    let mut answer = ask_tcp(&mut peer, bytes).bytes;
    answer[2] &= !1;
    assert_eq!(answer, expected, "{}", bytes.escape_ascii());
    // The connection can still be used.
    assert_eq!(ask_tcp(&mut peer, &query(2, "example.test.", A)).code, NO_ERROR);
}

#[test]
fn a_truncated_query_is_a_format_error() {
    let server = server();
    let query = extended(0xbeef, "example.test.", A, 1232, 0);
    for cut in 2..query.len() {
        refuses(&server, &query[..cut]);
    }
    refuses(&server, &[query, vec![0]].concat());
}

#[test]
fn bytes_without_an_id_get_no_answer() {
    let server = server();
    let socket = udp(server.address);
    ignores(&socket, b"");
    ignores(&socket, b"\xbe");
    let mut peer = server.connect();
    peer.write_all(&[prefixed(b""), prefixed(b"\xbe")].concat()).unwrap();
    assert_eq!(ask_tcp(&mut peer, &query(7, "example.test.", A)).id, 7);
}

#[test]
fn answers_are_not_answered() {
    let server = server();
    let socket = udp(server.address);
    let mut answer = query(7, "example.test.", A);
    answer[2] |= 0x80;
    ignores(&socket, &answer);
    // Answers that do not parse get no reply either, because two servers could otherwise answer
    // each other for ever.
    ignores(&socket, &answer[..20]);
    ignores(&socket, &header(7, 0x8001, [0; 4]));
}

#[test]
fn names_and_labels_are_limited() {
    let server = server();
    // A label has at most 63 bytes, and a name at most 255 bytes, including the length bytes.
    let label = "x".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}.", "x".repeat(61));
    assert_eq!(name(&longest).len(), 255);
    assert_eq!(ask(&server, &query(1, &longest, A)).counts, [1, 0, 0, 0]);
    let below = format!("{label}.{label}.{}.example.test.", "x".repeat(48));
    assert_eq!(ask(&server, &query(1, &below, A)).code, NO_SUCH_NAME);
    refuses(&server, &query(1, &format!("{label}.{label}.{label}.{}.", "x".repeat(62)), A));
    refuses(&server, &query(1, &"x.".repeat(128), A));
    for len in [64, 127, 128, 191] {
        refuses(&server, &query(1, &format!("{}.", "x".repeat(len)), A));
    }
    // A label may contain any bytes.
    let mut strange = query(1, "????.example.test.", A);
    strange[13..17].copy_from_slice(b"\0.\xff ");
    assert_eq!(ask(&server, &strange).code, NO_SUCH_NAME);
}

#[test]
fn pointers_are_not_followed() {
    let server = server();
    // The pointers refer to themselves, to each other, to the header, and beyond the end of the
    // message.
    for pointer in [&b"\xc0\x0c"[..], b"\x01x\xc0\x0c", b"\xc0\x0e\xc0\x0c", b"\xc0\0", b"\xff\xff"] {
        let query = [header(1, 0, [1, 0, 0, 0]), pointer.to_vec(), vec![0, 1, 0, 1]].concat();
        let answer = ask(&server, &query);
        assert_eq!(answer.code, FORMAT_ERROR, "{}", query.escape_ascii());
    }
    // The server does not use the names of additional records, so these may be pointers.
    let additional = b"\xc0\x0c\0\x01\0\x01\0\0\0\0\0\x04\x01\x02\x03\x04";
    let mut query = [query(1, "example.test.", A), additional.to_vec()].concat();
    query[11] = 1;
    assert_eq!(ask(&server, &query).code, NO_ERROR);
}

#[test]
fn wrong_counts_are_format_errors() {
    let server = server();
    for place in [4, 6, 8, 10] {
        for count in [2_u16, 255, 65_535] {
            let mut query = query(1, "example.test.", A);
            query[place..place + 2].copy_from_slice(&count.to_be_bytes());
            refuses(&server, &query);
        }
    }
    // The count of the first query is 0, although it has a question. The second query has no
    // question, and the third one has two.
    let mut none = query(1, "example.test.", A);
    none[5] = 0;
    refuses(&server, &none);
    let question = [name("example.test."), vec![0, 1, 0, 1]].concat();
    refuses(&server, &header(1, 0, [0; 4]));
    refuses(&server, &[header(1, 0, [2, 0, 0, 0]), question.clone(), question].concat());
}

#[test]
fn broken_extensions_are_format_errors() {
    let server = server();
    let format_error = |query: &[u8]| assert_eq!(ask(&server, query).code, FORMAT_ERROR);
    let good = extended(1, "example.test.", A, 1232, 0);
    let extension = &good[good.len() - 11..];
    // The queries have two extensions, an extension with a name, and an extension with a truncated
    // option.
    let mut two = [&good, extension].concat();
    two[11] = 2;
    format_error(&two);
    let mut named = [&good[..good.len() - 11], b"\x01x", extension].concat();
    named[11] = 1;
    format_error(&named);
    let mut cut = [&good[..], b"\0\x0a\0\x08cookie!"].concat();
    let len = cut.len();
    cut[len - 12] = 11;
    refuses(&server, &cut);
}

#[test]
fn messages_arrive_in_pieces() {
    let server = server();
    let mut peer = server.connect();
    for byte in [prefixed(&query(7, "example.test.", A)), prefixed(b"\0\x08"), prefixed(&[0; 12])].concat() {
        peer.write_all(&[byte]).unwrap();
    }
    let answers = [receive_tcp(&mut peer), receive_tcp(&mut peer), receive_tcp(&mut peer)];
    assert_eq!(
        answers.map(|answer| (answer.id, answer.code)),
        [(7, NO_ERROR), (8, FORMAT_ERROR), (0, FORMAT_ERROR)]
    );
}

#[test]
fn a_message_cut_by_the_end_of_the_stream_is_logged() {
    let mut server = server();
    for cut in 1..20 {
        let mut peer = server.connect();
        let name = format!("peer={}", peer.local_addr().unwrap());
        peer.write_all(&prefixed(&query(7, "example.test.", A))[..cut]).unwrap();
        assert_eq!(peer.finish(), b"");
        server.wait_for(&[&name, "closed: malformed frame"]);
    }
}

#[test]
fn the_longest_messages_are_format_errors() {
    let server = server();
    let mut bytes = vec![0xff; 65_507];
    bytes[2] = 0;
    let socket = udp(server.address);
    socket.send(&bytes).unwrap();
    assert_eq!(receive(&socket).code, FORMAT_ERROR);
    bytes.resize(65_535, 0);
    assert_eq!(ask_tcp(&mut server.connect(), &bytes).code, FORMAT_ERROR);
    // 13,000 questions almost fill the largest message.
    let questions = [header(1, 0, [13_000, 0, 0, 0]), b"\0\0\x01\0\x01".repeat(13_000)].concat();
    assert_eq!(ask_tcp(&mut server.connect(), &questions).code, FORMAT_ERROR);
}

/// Checks that a sender who forges an address cannot flood the owner of the address with answers.
#[test]
fn answers_to_one_address_are_limited() {
    let server = server();
    let socket = udp(server.address);
    let query = extended(7, "long.example.test.", TXT, 1232, 0);
    let start = std::time::Instant::now();
    let (mut beyond, mut cut) = (0, 0);
    for _ in 0..500 {
        socket.send(&query).unwrap();
        let answer = receive(&socket);
        beyond += answer.bytes.len().saturating_sub(query.len());
        cut += usize::from(answer.truncated);
        assert_eq!(answer.truncated, answer.bytes.len() <= query.len());
    }
    let seconds = usize::try_from(start.elapsed().as_secs()).unwrap() + 1;
    assert!(beyond <= 32 * 1024 + 4 * 1024 * seconds, "{beyond} bytes in {seconds} seconds");
    assert!(cut > 0);
    // A real client repeats the query over TCP, and gets the whole answer.
    let answer = ask_tcp(&mut server.connect(), &query);
    assert!(!answer.truncated && answer.counts[1] == 5);
}

#[test]
fn garbage_harms_nobody() {
    let server = server();
    let mut seed = 1_u32;
    let mut random = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed.to_be_bytes()[0]
    };
    let good = extended(1, "mail.example.test.", A, 1232, 0);
    let socket = udp(server.address);
    for _ in 0..2000 {
        let garbage: Vec<u8> = (0..usize::from(random())).map(|_| random()).collect();
        socket.send(&garbage).unwrap();
        // Some datagrams are valid queries in which a few bytes are changed.
        let mut damaged = good.clone();
        for _ in 0..1 + random() % 4 {
            let at = usize::from(random()) % damaged.len();
            damaged[at] = random();
        }
        socket.send(&damaged).unwrap();
    }
    // Datagrams may be lost under this load, so the query is repeated until it is answered.
    socket.set_read_timeout(Some(std::time::Duration::from_millis(200))).unwrap();
    let mut buffer = [0; 2000];
    let answered = (0..100).any(|_| {
        socket.send(&query(0x600d, "example.test.", A)).unwrap();
        std::iter::from_fn(|| socket.recv(&mut buffer).ok().map(|_| buffer[..2] == *b"\x60\x0d"))
            .any(|good| good)
    });
    assert!(answered);
    let mut peer = server.connect();
    for _ in 0..200 {
        let garbage: Vec<u8> = (0..usize::from(random())).map(|_| random()).collect();
        peer.write_all(&prefixed(&garbage)).unwrap();
    }
    peer.write_all(&prefixed(&query(0x600d, "example.test.", A))).unwrap();
    while receive_tcp(&mut peer).id != 0x600d {}
}
