//! Tests of which messages are stored, for how long, and how many of them.

use std::io::Write;
use std::net::TcpStream;

use super::{ADAS, BOBS, CHAT, away, greeted, msg, named, next, refusal, reply, serve, taken};
use crate::support::{Folder, Plain, Program};

#[test]
fn messages_outlive_the_server() {
    let folder = Folder::new();
    let mut server = serve(&folder, &[]);
    let mut ada = named(&server, 1);
    for text in [&b"a"[..], b"", &[0xff; 100_000]] {
        ada.exchange(&msg(1, 2, 2, text), &reply(1, 2, text));
    }
    server.kill();
    let mut server = serve(&folder, &[]);
    let mut eve = greeted(&server, 3, ADAS, 0, 0);
    eve.exchange(&msg(3, 2, 1, b"d"), &[reply(3, 1, b"d"), away(2)].concat());
    #[cfg(unix)]
    {
        server.interrupt();
        assert_eq!(server.status().code(), Some(0));
    }
    drop(server);
    let server = serve(&folder, &[]);
    let mut bob = greeted(&server, 2, BOBS, 0, 0);
    let all = [reply(1, 2, b"a"), reply(1, 2, b""), reply(1, 2, &[0xff; 100_000]), reply(3, 1, b"d")];
    bob.expect(&all.concat());
    drop(bob);
    // The messages were not acknowledged, so they are sent again.
    let mut bob = greeted(&server, 2, BOBS, 0, 0);
    bob.expect(&all.concat());
    bob.write_all(&taken(2, 4)).unwrap();
    assert_eq!(bob.finish(), b"");
    greeted(&server, 2, BOBS, 0, 4);
    greeted(&server, 3, ADAS, 1, 0);
}

#[test]
fn a_sender_at_its_limit_does_not_affect_others() {
    let server = Program::server(CHAT, &["--kept", "3", "--kept-bytes", "100"]);
    let mut eve = named(&server, 9);
    for _ in 0..3 {
        eve.exchange(&msg(9, 2, 1, b"x"), &reply(9, 1, b"x"));
    }
    // The refusal is sent instead of the receipt.
    let three = [msg(9, 2, 1, b"x"), msg(9, 3, 1, b"y"), msg(9, 2, 1, b"x")].concat();
    let full = refusal("too many of your messages are waiting for 2");
    eve.exchange(&three, &[&full[..], &reply(9, 1, b"y"), &full].concat());
    // Other senders and other receivers have limits of their own.
    let mut ada = named(&server, 1);
    ada.exchange(&msg(1, 2, 1, &[b'z'; 100]), &reply(1, 1, &[b'z'; 100]));
    ada.exchange(&msg(1, 2, 1, b"z"), &full);
    // All senders together may store four times as much.
    for name in 10..13 {
        let mut more = named(&server, name);
        more.exchange(&msg(name, 2, 1, b"x"), &reply(name, 1, b"x"));
        more.exchange(&msg(name, 2, 1, &[b'x'; 96]), &reply(name, 1, &[b'x'; 96]));
    }
    let mut more = named(&server, 13);
    more.exchange(&msg(13, 2, 1, b"xyz"), &reply(13, 1, b"xyz"));
    more.exchange(&msg(13, 2, 1, b""), &reply(13, 1, b""));
    more.exchange(&msg(13, 2, 1, b"x"), &refusal("too many messages are waiting for 2"));
    // Acknowledged messages make room for new ones.
    let mut bob = greeted(&server, 2, BOBS, 0, 0);
    bob.expect(&[reply(9, 1, b"x"), reply(9, 1, b"x"), reply(9, 1, b"x")].concat());
    bob.write_all(&[taken(2, 2), msg(2, 0, 1, b"?")].concat()).unwrap();
    while super::next(&mut bob).2 != b"?" {}
    eve.exchange(&msg(9, 2, 1, b"x"), &reply(9, 1, b"x"));
    eve.exchange(&msg(9, 2, 1, b"x"), &reply(9, 1, b"x"));
    eve.exchange(&msg(9, 2, 1, b"x"), &full);
}

#[test]
fn a_full_store_refuses_messages_until_some_are_acknowledged() {
    let server = Program::server(CHAT, &["--store-bytes", "300000"]);
    let body = [b'x'; 10_000];
    // Stores messages until one is refused, and returns how many.
    let fill = |peer: &mut TcpStream, name: u32| {
        for stored in 0.. {
            peer.write_all(&msg(name, 2, 1, &body)).unwrap();
            let answer = loop {
                match next(peer) {
                    (0, 1, _) => {}
                    answer => break answer,
                }
            };
            if answer == (0, 6, b"the store is full".to_vec()) {
                return stored;
            }
            assert_eq!(answer, (name, 1, body.to_vec()));
        }
        unreachable!("the store has no limit")
    };
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    let first = fill(&mut ada, 1);
    assert!(first > 10, "{first}");
    // Others can still enter, but not store anything.
    let mut eve = greeted(&server, 3, ADAS, 0, 0);
    assert_eq!(fill(&mut eve, 3), 0);
    // The receiver can enter and acknowledge.
    let mut bob = greeted(&server, 2, BOBS, 0, 0);
    for _ in 0..first {
        bob.expect(&reply(1, 1, &body));
    }
    bob.exchange(&[taken(2, first), msg(2, 0, 1, b"?")].concat(), &reply(2, 1, b"?"));
    assert_eq!(fill(&mut eve, 3), first);
}

#[test]
fn without_acknowledgements_written_messages_count_as_delivered() {
    let server = Program::server(CHAT, &[]);
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    ada.exchange(&msg(1, 2, 1, b"a"), &[reply(1, 1, b"a"), away(2)].concat());
    let mut bob = server.connect();
    bob.write_all(&msg(2, 0, 1, b"")).unwrap();
    let found = bob.take_bytes(reply(1, 1, b"a").len() + reply(2, 1, b"").len());
    assert!(found.ends_with(b"a") || found[..10].ends_with(b"a"), "{found:?}");
    ada.expect(&reply(0, 1, b"2 has received the stored messages"));
    assert_eq!(bob.finish(), b"");
    let mut bob = named(&server, 2);
    ada.exchange(&msg(1, 2, 1, b"b"), &reply(1, 1, b"b"));
    bob.expect(&reply(1, 1, b"b"));
}
