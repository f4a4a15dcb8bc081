//! Snapshots of the errors for malformed bytes: one line each, and the position in the bytes.

use std::fmt::Debug;

use framewright::prelude::*;

use crate::encodings::{chat_msg, message, request, response};
use crate::in_directory;
use crate::protocols::chat::{ChatMsg, Kind};
use crate::protocols::echo::Message;
use crate::protocols::fetch::{Request, Response};
use crate::protocols::hello::{Greeting, Name, Reply};

/// Returns the long form of the error, after a line that describes the change to the bytes. The
/// long form must begin with the short form.
fn refused<T: for<'a> Decode<'a> + Debug>(what: &str, bytes: &[u8]) -> String {
    let error = T::decode(bytes).unwrap_err();
    assert!(format!("{error:#}").starts_with(&error.to_string()));
    format!("# {what}\n{error:#}\n")
}

/// Returns the bytes of a frame with one of them replaced.
fn with(frame: &impl Encode, at: usize, byte: u8) -> Vec<u8> {
    let mut bytes = frame.to_vec().unwrap();
    bytes[at] = byte;
    bytes
}

#[test]
fn chat() {
    let msg = chat_msg(Kind::Text, b"hi there");
    let bytes = msg.to_vec().unwrap();
    let texts = [
        refused::<ChatMsg>("nothing", b""),
        refused::<ChatMsg>("cut in the receiver", &bytes[..6]),
        refused::<ChatMsg>("cut before the kind", &bytes[..8]),
        refused::<ChatMsg>("cut in the length", &bytes[..11]),
        refused::<ChatMsg>("cut in the body", &bytes[..15]),
        refused::<ChatMsg>("a length of 4 GiB", &with(&msg, 9, 0xff)),
        refused::<ChatMsg>("a length that is one too many", &with(&msg, 12, 9)),
        refused::<ChatMsg>("a length that is one too few", &with(&msg, 12, 7)),
    ];
    in_directory("errors", || insta::assert_snapshot!("chat", texts.join("\n")));
}

#[test]
fn echo() {
    let texts = [
        refused::<Message>("no end", b"hello\r\nyou\r\n\r"),
        refused::<Message>("no text", b"hello \xff\xfe\r\n\r\n"),
        refused::<Message>("a character cut in half", b"gr\xc3\r\n\r\n"),
        refused::<Message>("more behind the end", &[&message("hi").to_vec().unwrap()[..], b"you"].concat()),
    ];
    in_directory("errors", || insta::assert_snapshot!("echo", texts.join("\n")));
}

#[test]
fn hello() {
    let texts = [
        refused::<Name>("no text", b"Zo\xeb"),
        refused::<Reply>("nothing", b""),
        refused::<Reply>("an unknown tag", b"Goodbye!"),
        refused::<Reply>("a tag cut short", b"Welc"),
        refused::<Reply>("no exclamation mark", b"Welcome?"),
        refused::<Reply>("too many of them", b"Welcome!!"),
        refused::<Reply>("no exclamation mark behind the name", b"Hello, Ada"),
        refused::<Greeting>("the wrong constant", b"Hello Ada!"),
        refused::<Greeting>("no name and no mark", b"hello "),
    ];
    in_directory("errors", || insta::assert_snapshot!("hello", texts.join("\n")));
}

#[test]
fn fetch() {
    let (request_bytes, response_bytes) = (request().to_vec().unwrap(), response().to_vec().unwrap());
    let texts = [
        refused::<Request>("another method", b"POST / HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused::<Request>("an older version", b"GET / HTTP/1.0\r\nHost: x\r\n\r\n"),
        refused::<Request>("no target", &request_bytes[..9]),
        refused::<Request>("a cut header", &request_bytes[..60]),
        refused::<Response>("another protocol", b"SSH-2.0-OpenSSH\r\n\r\n"),
        refused::<Response>("a cut header", &response_bytes[..30]),
    ];
    in_directory("errors", || insta::assert_snapshot!("fetch", texts.join("\n")));
}
