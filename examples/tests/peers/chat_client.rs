//! The client of `chat` against a plain server.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::{env, fs};

use crate::chat::{CHAT, msg, reply};
use crate::support::{Plain, Running, listen, patient};

fn start(address: &str, args: &[&str]) -> Running {
    Running::start(CHAT, &[&["client", "--connect", address, "--id", "7"], args].concat())
}

/// Accepts the client, whose first frame only names it.
fn accept(listener: &TcpListener) -> std::net::TcpStream {
    let mut peer = patient(listener.accept().unwrap().0);
    peer.exchange(&reply(7, 1, b""), &msg(7, 0, 1, b""));
    peer
}

#[test]
fn a_script_from_a_pipe_waits_for_the_receipts() {
    let (listener, address) = listen();
    let mut client = start(&address, &["--to", "8"]);
    client.write("hi there\n/to 9\nsalut, ça va?\n");
    let mut peer = accept(&listener);
    peer.expect(&msg(7, 8, 1, b"hi there"));
    peer.expect(&msg(7, 9, 1, "salut, ça va?".as_bytes()));
    // A message that comes before the last receipt is still printed.
    let replies = [reply(7, 1, b"hi there"), reply(9, 1, b"bien!"), reply(7, 1, b"salut")].concat();
    peer.write_all(&replies).unwrap();
    let ended = client.end();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "9: bien!\n"), "{}", ended.stderr);
    assert_eq!(peer.finish(), b"");
}

#[test]
fn prints_what_arrives_before_anything_is_typed() {
    let (listener, address) = listen();
    let mut client = start(&address, &[]);
    let mut stdout = BufReader::new(client.stdout());
    let mut peer = accept(&listener);
    // Control characters of strangers do not reach the terminal.
    peer.write_all(&reply(9, 1, b"\x1b[31mred")).unwrap();
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert_eq!(line, "9: \u{fffd}[31mred\n");
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
    peer.exchange(&reply(8, 3, b"voice"), &msg(7, 8, 2, &[0x89, b'P', 0, 0xff]));
    peer.write_all(&reply(7, 2, &[0x89, b'P', 0, 0xff])).unwrap();
    let ended = client.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.starts_with("8 sent a recording, 5 bytes\nsaved as "), "{}", ended.stdout);
    assert!(ended.stderr.contains("more than 100 bytes"), "{}", ended.stderr);
    assert_eq!(fs::read(directory.join("recording-1-from-8")).unwrap(), b"voice");
    fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn says_what_it_does_not_understand() {
    let (listener, address) = listen();
    let mut client = start(&address, &[]);
    client.write("hello?\n/to me\n/to 7\n/wave\n");
    let mut peer = accept(&listener);
    let ended = client.end();
    let expected = "whom to? /to ID says it\n\
        /to ID: a number is needed, not \"me\"\n\
        that is yourself\n\
        no command /wave: there are /to ID and /send-file PATH\n";
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), expected));
    assert_eq!(peer.take_bytes(0), b"");
    assert_eq!(peer.finish(), b"");
}

#[test]
fn says_that_the_server_has_gone() {
    let (listener, address) = listen();
    let mut client = start(&address, &["--to", "8"]);
    client.write("hello?\n");
    drop(accept(&listener));
    let ended = client.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
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

/// What is no reply ends the client, which says where the fault is.
#[test]
fn a_malformed_reply_is_an_error_that_says_where() {
    let (listener, address) = listen();
    let client = start(&address, &["--max-body", "100"]);
    let mut peer = accept(&listener);
    peer.write_all(&reply(9, 1, &[b'x'; 101])[..9]).unwrap();
    assert_eq!(peer.drain(), b"");
    let ended = client.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("ChatReply.body at byte 9: expected at most 109"), "{}", ended.stderr);
}

#[test]
fn a_reply_that_is_cut_is_an_error_that_says_where() {
    let (listener, address) = listen();
    let client = start(&address, &["--to", "8"]);
    let mut peer = accept(&listener);
    peer.write_all(&reply(9, 1, b"hello")[..12]).unwrap();
    peer.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(peer.drain(), b"");
    let ended = client.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("ChatReply.body at byte 9: expected 5 bytes, found 3"), "{}", ended.stderr);
}
