//! Tests that nobody can send in another user's name.

use std::io::Write;

use super::{ADAS, BOBS, CHAT, greeted, hello, msg, named, refusal, refused, reply, serve, welcome};
use crate::support::{Folder, Plain, Program, Running};

#[test]
fn a_name_in_use_is_refused_to_other_clients() {
    let server = Program::server(CHAT, &[]);
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    refused(&server, &hello(1, 0, BOBS, ""), "the name is taken");
    refused(&server, &hello(1, 0, [0; 16], ""), "the name is taken");
    // A client without a hello cannot take the name either.
    refused(&server, &msg(1, 2, 1, b"I am Ada"), "the name is taken");
    ada.exchange(&msg(1, 0, 1, b"x"), &reply(1, 1, b"x"));
    // A new connection takes the name over, and the old one is closed.
    let again = greeted(&server, 1, ADAS, 0, 0);
    let _ = ada.write_all(&msg(1, 2, 1, b"late"));
    assert_eq!(ada.drain(), b"");
    assert_eq!(again.finish(), b"");
}

#[test]
fn late_frames_of_the_previous_connection_are_ignored() {
    let server = Program::server(CHAT, &[]);
    let mut bob = greeted(&server, 2, BOBS, 0, 0);
    let mut sent = 0;
    for _ in 0..20 {
        let mut old = server.connect();
        old.write_all(&hello(1, 0, ADAS, "")).unwrap();
        let old_welcome = super::next(&mut old);
        assert_eq!(old_welcome.2[..8], u64::to_be_bytes(sent));
        let mut new = server.connect();
        // The two race: the message is either stored before the name is taken over, or never
        // stored.
        old.write_all(&msg(1, 2, 1, b"late")).unwrap();
        new.write_all(&hello(1, 0, ADAS, "")).unwrap();
        let stored = u64::from_be_bytes(super::next(&mut new).2[..8].try_into().unwrap());
        assert!((sent..=sent + 1).contains(&stored));
        for _ in sent..stored {
            bob.expect(&reply(1, 1, b"late"));
        }
        sent = stored;
        old.drain();
        new.exchange(&msg(1, 2, 1, b"new"), &reply(1, 1, b"new"));
        bob.expect(&reply(1, 1, b"new"));
        sent += 1;
        bob.write_all(&super::taken(2, sent)).unwrap();
    }
}

#[test]
fn a_name_is_free_when_its_connection_is_gone() {
    let mut server = Program::server(CHAT, &[]);
    drop(greeted(&server, 1, ADAS, 0, 0));
    server.wait_for(&["1 is gone"]);
    // The server stores the end of the connection a moment after it has logged it, so the hello is
    // repeated until it is accepted.
    loop {
        let mut other = server.connect();
        other.write_all(&hello(1, 0, BOBS, "")).unwrap();
        if super::next(&mut other).1 == 0 {
            break;
        }
    }
}

#[test]
fn a_hello_takes_a_name_from_a_client_without_one() {
    let server = Program::server(CHAT, &[]);
    let old = named(&server, 1);
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    assert_eq!(old.drain(), b"");
    ada.exchange(&msg(1, 0, 1, b"x"), &reply(1, 1, b"x"));
}

#[test]
fn with_takeover_anybody_takes_any_name() {
    let server = Program::server(CHAT, &["--takeover"]);
    let ada = greeted(&server, 1, ADAS, 0, 0);
    let bob = greeted(&server, 1, BOBS, 0, 0);
    assert_eq!(ada.drain(), b"");
    named(&server, 1);
    assert_eq!(bob.drain(), b"");
}

#[test]
fn no_client_may_use_the_name_of_the_server() {
    let server = Program::server(CHAT, &[]);
    refused(&server, &msg(0, 2, 1, b"x"), "0 is the server");
    refused(&server, &hello(0, 0, ADAS, ""), "0 is the server");
    let mut ada = named(&server, 1);
    ada.exchange(&msg(0, 2, 1, b"x"), &refusal("0 is the server"));
}

#[test]
fn refuses_a_client_that_has_seen_more_than_was_sent() {
    let server = Program::server(CHAT, &[]);
    refused(
        &server,
        &hello(1, 1, ADAS, ""),
        "more messages were acknowledged than were ever sent: the server uses a different store than before",
    );
    refused(
        &server,
        &hello(1, u64::MAX, ADAS, ""),
        "more messages were acknowledged than were ever sent: the server uses a different store than before",
    );
    // The refused clients have not taken the name.
    greeted(&server, 1, BOBS, 0, 0);
}

#[test]
fn passwords_are_asked_for() {
    let folder = Folder::new();
    let mut hash = Running::start(CHAT, &["password"]);
    hash.write("engine\n");
    let hash = hash.end().stdout;
    std::fs::write(folder.path().join("users"), format!("1:{hash}")).unwrap();
    let server = serve(&folder, &["--users", "users"]);
    let wrong = "wrong name or password";
    refused(&server, &hello(1, 0, ADAS, "Engine"), wrong);
    refused(&server, &hello(2, 0, ADAS, "engine"), wrong);
    refused(&server, &msg(1, 2, 1, b"x"), "a hello with a password is needed");
    let mut ada = server.connect();
    ada.exchange(&hello(1, 0, ADAS, "engine"), &welcome(0, 0));
    refused(&server, &hello(1, 0, BOBS, "engines"), wrong);
    // The right password takes the name over, even with another token. So does the token of the
    // current connection, without a password.
    let mut again = server.connect();
    again.exchange(&hello(1, 0, BOBS, "engine"), &welcome(0, 0));
    assert_eq!(ada.drain(), b"");
    refused(&server, &hello(1, 0, ADAS, ""), wrong);
    let mut same = server.connect();
    same.exchange(&hello(1, 0, BOBS, ""), &welcome(0, 0));
    assert_eq!(again.drain(), b"");
}
