//! Tests of the `chat` client with a plain socket as the server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::{env, fs};

use super::chat::{CHAT, msg, reply};
use crate::support::{Plain, Running, listen, patient};

fn start(address: &str, args: &[&str]) -> Running {
    Running::start(CHAT, &[&["client", "--connect", address, "--id", "7"], args].concat())
}

/// Accepts the client, whose hello must report that it has seen `seen` messages. Answers that
/// `stored` of its messages are stored, and that the next message for it has the number `next`.
fn accept_again(listener: &TcpListener, seen: u64, stored: u64, next: u64) -> TcpStream {
    let mut peer = patient(listener.accept().unwrap().0);
    let hello = peer.take_bytes(13 + 25);
    assert_eq!(hello[..21], [&msg(7, 0, 0, &[0; 25])[..13], &seen.to_be_bytes()].concat());
    peer.write_all(&reply(0, 0, &[stored.to_be_bytes(), next.to_be_bytes()].concat())).unwrap();
    peer
}

/// Accepts a client that is new to the server.
fn accept(listener: &TcpListener) -> TcpStream {
    accept_again(listener, 0, 0, 0)
}

/// Encodes an acknowledgement of all messages below this number.
fn taken(below: u64) -> Vec<u8> {
    msg(7, 0, 5, &below.to_be_bytes())
}

#[test]
fn a_script_from_a_pipe_waits_for_the_receipts() {
    let (listener, address) = listen();
    let mut client = start(&address, &["--to", "8"]);
    client.write("hi there\n/to 9\nsalut, ça va?\n");
    let mut peer = accept(&listener);
    peer.expect(&msg(7, 8, 1, b"hi there"));
    peer.expect(&msg(7, 9, 1, "salut, ça va?".as_bytes()));
    // A message that arrives before the last receipt is still printed.
    let replies = [reply(7, 1, b"hi there"), reply(9, 1, b"bien!"), reply(7, 1, b"salut")].concat();
    peer.write_all(&replies).unwrap();
    let ended = client.end();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "9: bien!\n"), "{}", ended.stderr);
    assert_eq!(peer.finish(), taken(1));
}

#[test]
fn prints_what_arrives_before_anything_is_typed() {
    let (listener, address) = listen();
    let mut client = start(&address, &[]);
    let mut stdout = BufReader::new(client.stdout());
    let mut peer = accept(&listener);
    // Control characters in received messages do not reach the terminal, and no line looks like a
    // message of another sender.
    peer.write_all(&reply(9, 1, b"\x1b[31mred\r8: hi\n8: hi")).unwrap();
    for shown in ["9: \u{fffd}[31mred\u{fffd}8: hi\n", "    8: hi\n"] {
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, shown);
    }
    peer.expect(&taken(1));
    client.write("/to 9\nseen\n");
    peer.expect(&msg(7, 9, 1, b"seen"));
    peer.write_all(&reply(7, 1, b"seen")).unwrap();
    assert_eq!(client.end().code, Some(0));
}

#[test]
fn sends_and_saves_files() {
    let directory = env::temp_dir().join(format!("framewright-chat-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let (picture, large) = (directory.join("a.png"), directory.join("large"));
    fs::write(&picture, [0x89, b'P', 0, 0xff]).unwrap();
    fs::write(&large, [0; 101]).unwrap();
    let (listener, address) = listen();
    let save = directory.to_str().unwrap();
    let mut client = start(&address, &["--to", "8", "--max-body", "100", "--save", save]);
    client.write(&format!("/send-file {}\n/send-file {}\n", picture.display(), large.display()));
    let mut peer = accept(&listener);
    peer.expect(&msg(7, 8, 2, &[0x89, b'P', 0, 0xff]));
    peer.exchange(&reply(8, 3, b"voice"), &taken(1));
    peer.write_all(&reply(7, 2, &[0x89, b'P', 0, 0xff])).unwrap();
    let ended = client.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.starts_with("8 sent a recording, 5 bytes\nsaved as "), "{}", ended.stdout);
    assert!(ended.stderr.contains("more than 100 bytes"), "{}", ended.stderr);
    assert_eq!(fs::read(directory.join("recording-1-from-8")).unwrap(), b"voice");
    fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn files_over_the_limit_are_not_acknowledged() {
    let directory = env::temp_dir().join(format!("framewright-chat-full-{}", std::process::id()));
    let (listener, address) = listen();
    let save = directory.to_str().unwrap();
    let client = start(&address, &["--max-body", "16", "--save-bytes", "40", "--save", save]);
    let mut peer = accept(&listener);
    peer.exchange(&reply(8, 5, &[8; 16]), &taken(1));
    // The limit for one sender does not end the program.
    peer.exchange(&reply(8, 5, b"more!"), &taken(2));
    peer.exchange(&reply(9, 1, b"hello"), &taken(3));
    // What was saved before the program ends is acknowledged. The connection is not reset, although there
    // is more to read.
    let more = reply(9, 1, b"hello").repeat(5000);
    peer.exchange(&[reply(9, 5, &[9; 16]), reply(10, 5, &[10; 9]), more].concat(), &taken(4));
    peer.shutdown(Shutdown::Write).unwrap();
    assert_eq!(peer.read_to_end(&mut Vec::new()).unwrap(), 0);
    let ended = client.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("not saved: the limit for 8 is reached"), "{}", ended.stdout);
    assert!(ended.stderr.contains("the limit of files or bytes is reached"), "{}", ended.stderr);
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 2);
    fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn what_is_shown_before_a_malformed_reply_is_acknowledged() {
    let (listener, address) = listen();
    let client = start(&address, &["--max-body", "100"]);
    let mut peer = accept(&listener);
    peer.exchange(&[reply(9, 1, b"hello"), reply(9, 1, &[b'x'; 101])].concat(), &taken(1));
    assert_eq!(peer.read_to_end(&mut Vec::new()).unwrap(), 0);
    // The connection is not reset, although there is more to read than buffers hold.
    peer.write_all(&reply(9, 1, b"hello").repeat(300_000)).unwrap();
    drop(peer);
    let ended = client.end();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), "9: hello\n"));
    assert!(ended.stderr.contains("expected at most 109"), "{}", ended.stderr);
}

#[test]
fn says_what_it_does_not_understand() {
    let (listener, address) = listen();
    let mut client = start(&address, &[]);
    client.write("hello?\n/to me\n/to 7\n/to 0\n/wave\n");
    let mut peer = accept(&listener);
    let ended = client.end();
    let expected = "no receiver yet: set one with /to ID\n\
        /to ID: a number is needed, not \"me\"\n\
        that is yourself\n\
        0 is the server\n\
        no command /wave: /help lists them\n";
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), expected));
    assert_eq!(peer.take_bytes(0), b"");
    assert_eq!(peer.finish(), b"");
}

#[test]
fn continues_after_a_lost_connection() {
    let (listener, address) = listen();
    let mut client = start(&address, &["--to", "8"]);
    let mut stdout = BufReader::new(client.stdout());
    client.write("a\nb\nc\n");
    let mut peer = accept(&listener);
    peer.expect(&[msg(7, 8, 1, b"a"), msg(7, 8, 1, b"b"), msg(7, 8, 1, b"c")].concat());
    // The server has stored `a` and `b`, but sent only the receipt of `a`. It will behave as if the
    // acknowledgement of `y` had been lost.
    peer.write_all(&[reply(7, 1, b"a"), reply(8, 1, b"x"), reply(9, 1, b"y")].concat()).unwrap();
    peer.expect(&[taken(1), taken(2)].concat());
    // The connection ends in the middle of a message.
    peer.write_all(&reply(9, 1, b"z")[..5]).unwrap();
    drop(peer);
    let mut peer = accept_again(&listener, 2, 2, 1);
    peer.expect(&msg(7, 8, 1, b"c"));
    peer.write_all(&[reply(9, 1, b"y"), reply(9, 1, b"z"), reply(7, 1, b"c")].concat()).unwrap();
    peer.expect(&[taken(2), taken(3)].concat());
    for expected in ["8: x\n", "9: y\n", "9: z\n"] {
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, expected);
    }
    let ended = client.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("connection lost"), "{}", ended.stderr);
    assert!(ended.stderr.ends_with("connected again\n"), "{}", ended.stderr);
}

#[test]
fn a_refusal_is_printed_and_replaces_the_receipt() {
    let (listener, address) = listen();
    let mut client = start(&address, &["--to", "8"]);
    client.write("a\nb\n");
    let mut peer = accept(&listener);
    peer.expect(&[msg(7, 8, 1, b"a"), msg(7, 8, 1, b"b")].concat());
    peer.write_all(&[reply(0, 6, b"no\x1b room"), reply(7, 1, b"b"), reply(0, 1, b"8 is away")].concat())
        .unwrap();
    let ended = client.end();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
    assert!(ended.stderr.starts_with("a message to 8 was refused: no\u{fffd} room\n"), "{}", ended.stderr);
}

#[test]
fn a_name_in_use_is_an_error() {
    let (listener, address) = listen();
    let client = start(&address, &[]);
    let mut peer = patient(listener.accept().unwrap().0);
    peer.take_bytes(13 + 25);
    peer.write_all(&reply(0, 6, b"the name is taken")).unwrap();
    let ended = client.end();
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.stderr, "error: the server refuses: the name is taken\n");
}

#[test]
fn says_that_the_server_has_gone() {
    let (listener, address) = listen();
    let mut client = start(&address, &["--to", "8"]);
    client.write("hello?\n");
    let peer = accept(&listener);
    drop(listener);
    drop(peer);
    let ended = client.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("connection lost"), "{}", ended.stderr);
    assert!(ended.stderr.contains("error: cannot connect to"), "{}", ended.stderr);
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_the_chat() {
    let (listener, address) = listen();
    let mut client = start(&address, &[]);
    let peer = accept(&listener);
    client.interrupt();
    assert_eq!(client.status().code(), Some(0));
    assert_eq!(peer.drain(), b"");
}

/// Checks that a malformed reply ends the client, which reports the position of the error.
#[test]
fn the_error_of_a_malformed_reply_has_its_position() {
    let (listener, address) = listen();
    let client = start(&address, &["--max-body", "100"]);
    let mut peer = accept(&listener);
    peer.write_all(&reply(9, 1, &[b'x'; 101])[..9]).unwrap();
    assert_eq!(peer.drain(), b"");
    let ended = client.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("ChatReply.body at byte 9: expected at most 109"), "{}", ended.stderr);
}
