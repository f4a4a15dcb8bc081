//! Tests of message numbers and acknowledgements.

use std::io::Write;

use super::{ADAS, BOBS, CHAT, away, greeted, hello, msg, next, refusal, reply, taken, welcome};
use crate::support::{Plain, Program};

#[test]
fn unacknowledged_messages_are_sent_again() {
    let server = Program::server(CHAT, &[]);
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    let mut bob = greeted(&server, 2, BOBS, 0, 0);
    for text in [b"a", b"b", b"c"] {
        ada.exchange(&msg(1, 2, 1, text), &reply(1, 1, text));
        bob.expect(&reply(1, 1, text));
    }
    // The messages 0 to 2 were sent, and the acknowledgement covers message 0.
    bob.write_all(&taken(2, 1)).unwrap();
    bob.exchange(&msg(2, 0, 1, b"?"), &reply(2, 1, b"?"));
    drop(bob);
    let mut bob = server.connect();
    bob.exchange(&hello(2, 0, BOBS, ""), &welcome(0, 1));
    bob.expect(&[reply(1, 1, b"b"), reply(1, 1, b"c")].concat());
    // A hello acknowledges the messages it reports as seen.
    drop(bob);
    let mut bob = server.connect();
    bob.exchange(&hello(2, 2, BOBS, ""), &welcome(0, 2));
    bob.expect(&reply(1, 1, b"c"));
    bob.write_all(&taken(2, 3)).unwrap();
    assert_eq!(bob.finish(), b"");
    let mut bob = greeted(&server, 2, BOBS, 0, 3);
    ada.exchange(&msg(1, 2, 1, b"d"), &reply(1, 1, b"d"));
    bob.expect(&reply(1, 1, b"d"));
}

#[test]
fn only_stored_messages_are_counted() {
    let server = Program::server(CHAT, &[]);
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    // These messages are to the server, to the sender itself, and in the name of the server, which
    // is refused. None of them is stored. The next two messages are stored.
    ada.exchange(&msg(1, 0, 1, b"a"), &reply(1, 1, b"a"));
    ada.exchange(&msg(1, 1, 1, b"b"), &reply(1, 1, b"b"));
    ada.exchange(&msg(0, 2, 1, b"c"), &reply(0, 6, b"0 is the server"));
    ada.exchange(&msg(1, 2, 5, b"d"), &[reply(1, 5, b"d"), away(2)].concat());
    // The server replaces the sender 9 by the name of the connection.
    ada.exchange(&msg(9, 2, 0, b"e"), &reply(1, 0, b"e"));
    drop(ada);
    greeted(&server, 1, ADAS, 2, 0);
    let mut bob = greeted(&server, 2, BOBS, 0, 0);
    bob.expect(&[reply(1, 5, b"d"), reply(1, 0, b"e")].concat());
}

#[test]
fn a_message_over_the_limit_is_refused_after_the_other_receipts() {
    let server = Program::server(CHAT, &["--max-body", "100"]);
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    ada.write_all(&[msg(1, 2, 1, b"small"), msg(1, 2, 1, &[b'a'; 101])].concat()).unwrap();
    ada.expect(&[reply(1, 1, b"small"), away(2), refusal("it is larger than this server allows")].concat());
    assert_eq!(ada.finish(), b"");
    greeted(&server, 1, ADAS, 1, 0);
}

#[test]
fn the_sender_learns_when_a_receiver_is_away_or_returns() {
    let server = Program::server(CHAT, &[]);
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    ada.exchange(&msg(1, 2, 1, b"a"), &[reply(1, 1, b"a"), away(2)].concat());
    // The sender is told only once that Bob is away.
    ada.exchange(&msg(1, 2, 1, b"b"), &reply(1, 1, b"b"));
    let mut bob = greeted(&server, 2, BOBS, 0, 0);
    bob.expect(&[reply(1, 1, b"a"), reply(1, 1, b"b")].concat());
    bob.write_all(&taken(2, 2)).unwrap();
    ada.expect(&reply(0, 1, b"2 has received the stored messages"));
}

#[test]
fn no_more_than_64_messages_are_not_acknowledged() {
    let server = Program::server(CHAT, &[]);
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    let numbers = || 0..100_u8;
    let all: Vec<_> = numbers().flat_map(|n| msg(1, 2, 1, &[n])).collect();
    let receipts: Vec<_> = numbers().flat_map(|n| reply(1, 1, &[n])).collect();
    ada.write_all(&all).unwrap();
    let mut bob = greeted(&server, 2, BOBS, 0, 0);
    let mut expect = |range: std::ops::Range<u8>| {
        bob.expect(&range.flat_map(|n| reply(1, 1, &[n])).collect::<Vec<_>>());
    };
    expect(0..64);
    // No further message comes, so the next reply is the receipt.
    bob.exchange(&msg(2, 0, 1, b"?"), &reply(2, 1, b"?"));
    bob.write_all(&taken(2, 10)).unwrap();
    bob.expect(&(64..74_u8).flat_map(|n| reply(1, 1, &[n])).collect::<Vec<_>>());
    bob.exchange(&msg(2, 0, 1, b"?"), &reply(2, 1, b"?"));
    bob.write_all(&taken(2, 74)).unwrap();
    bob.expect(&(74..100_u8).flat_map(|n| reply(1, 1, &[n])).collect::<Vec<_>>());
    let mut found = Vec::new();
    while found.len() < receipts.len() {
        let (sender, kind, body) = next(&mut ada);
        if sender != 0 {
            found.extend(reply(sender, kind, &body));
        }
    }
    assert_eq!(found, receipts);
}

#[test]
fn no_more_than_4_mib_are_not_acknowledged() {
    let server = Program::server(CHAT, &["--max-body", "6000000"]);
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    let mut bob = greeted(&server, 2, BOBS, 0, 0);
    let (large, small) = (vec![1; 3_000_000], vec![2; 2_000_000]);
    let huge = vec![3; 6_000_000];
    ada.exchange(&msg(1, 2, 1, &large), &reply(1, 1, &large));
    bob.expect(&reply(1, 1, &large));
    ada.exchange(&msg(1, 2, 1, &small), &reply(1, 1, &small));
    bob.exchange(&msg(2, 0, 1, b"?"), &reply(2, 1, b"?"));
    bob.write_all(&taken(2, 1)).unwrap();
    bob.expect(&reply(1, 1, &small));
    // With no other message in flight, a single message may have any length.
    ada.exchange(&msg(1, 2, 1, &huge), &reply(1, 1, &huge));
    bob.exchange(&msg(2, 0, 1, b"?"), &reply(2, 1, b"?"));
    bob.write_all(&taken(2, 2)).unwrap();
    bob.expect(&reply(1, 1, &huge));
}

#[test]
fn an_invalid_acknowledgement_closes_the_connection() {
    let mut server = Program::server(CHAT, &[]);
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    for (wrong, why) in [
        (taken(2, 3), "an acknowledgement is beyond what was sent"),
        ([taken(2, 1), taken(2, 0)].concat(), "an acknowledgement goes back"),
        (hello(2, 0, BOBS, ""), "a second hello"),
        (msg(2, 0, 5, b"seven b"), "Taken.below at byte 0: expected 8 bytes, found 7"),
        (msg(2, 0, 5, b"more than 8"), "3 bytes"),
    ] {
        let mut bob = server.connect();
        bob.write_all(&hello(2, 0, BOBS, "")).unwrap();
        let _ = next(&mut bob);
        ada.exchange(&msg(1, 2, 1, b"x"), &reply(1, 1, b"x"));
        bob.expect(&reply(1, 1, b"x"));
        let name = format!("peer={}", bob.local_addr().unwrap());
        bob.write_all(&wrong).unwrap();
        bob.drain();
        server.wait_for(&[&name, why]);
        // The next iteration needs the number of Bob's next message, which the answer to a hello
        // contains.
        let mut bob = server.connect();
        bob.write_all(&hello(2, 0, BOBS, "")).unwrap();
        let (_, _, next_for) = next(&mut bob);
        let next_for = u64::from_be_bytes(next_for[8..].try_into().unwrap());
        bob.expect(&reply(1, 1, b"x"));
        bob.write_all(&taken(2, next_for + 1)).unwrap();
        assert_eq!(bob.finish(), b"");
    }
    // A first frame to receiver 0 that is not a hello counts as a message to nobody, which is how
    // clients without a hello begin.
    let mut eve = server.connect();
    eve.exchange(&msg(3, 0, 0, b"hello"), &reply(3, 0, b"hello"));
    eve.exchange(&taken(3, 9), &reply(3, 5, &9_u64.to_be_bytes()));
}
