//! Snapshots of the encoding of every example, and of the errors for values that its encoder
//! refuses.

use std::fmt::Debug;

use framewright::json::{from_json, to_json};
use framewright::prelude::*;
use framewright::testing::{self, assert_wire_snapshot};

use crate::in_directory;
use crate::protocols::chat::{ChatMsg, ChatReply, Kind};
use crate::protocols::echo::Message;
use crate::protocols::fetch::{Request, Response};
use crate::protocols::hello::{Greeting, Name, Reply};

pub(crate) fn chat_msg(kind: Kind, body: &[u8]) -> ChatMsg {
    ChatMsg { sender: 10_000_000, receiver: 10_000_001, kind, body: body.to_vec() }
}

pub(crate) fn message(text: &str) -> Message {
    Message { text: text.to_owned() }
}

pub(crate) fn request() -> Request {
    let header = "Host: example.com\r\nConnection: close".to_owned();
    Request { target: "/index.html".to_owned(), version: Auto::new(), header }
}

pub(crate) fn response() -> Response {
    let header = "1 200 OK\r\nConnection: close".to_owned();
    Response { header }
}

#[test]
fn chat() {
    in_directory("encodings", || {
        assert_wire_snapshot!("chat-text", chat_msg(Kind::Text, b"hi there"));
        assert_wire_snapshot!("chat-picture", chat_msg(Kind::Picture, &[0x89; 100]));
        assert_wire_snapshot!("chat-other-kind", chat_msg(Kind::Other(9), &[0xf0, 0x9f]));
        assert_wire_snapshot!("chat-empty", chat_msg(Kind::Voice, b""));
        let reply = ChatReply { sender: 10_000_000, kind: Kind::Text, body: b"hi there".to_vec() };
        assert_wire_snapshot!("chat-reply", reply);
    });
}

#[test]
fn echo() {
    in_directory("encodings", || {
        assert_wire_snapshot!("echo-request", message("hello world!\r\nhello all?"));
        assert_wire_snapshot!("echo-reply", message(r"hello world!\r\nhello all?\r\n\r\n"));
        assert_wire_snapshot!("echo-empty", message(""));
    });
}

#[test]
fn hello() {
    in_directory("encodings", || {
        assert_wire_snapshot!("hello-name", Name { name: "Zoë".to_owned() });
        assert_wire_snapshot!("hello-welcome", Reply::Welcome { mark: Auto::new() });
        assert_wire_snapshot!("hello-reply", Reply::Hello { name: "Zoë".to_owned(), mark: Auto::new() });
        assert_wire_snapshot!("hello-udp", Greeting { name: "Zoë".to_owned(), mark: Auto::new() });
    });
}

#[test]
fn fetch() {
    in_directory("encodings", || {
        assert_wire_snapshot!("fetch-request", request());
        assert_wire_snapshot!("fetch-response", response());
    });
}

/// Snapshots of the errors for invalid values.
#[test]
fn errors_of_invalid_values() {
    let spaced = Request { target: "/a b".to_owned(), ..request() };
    let texts = [
        message("two\r\n\r\nmessages").to_vec().unwrap_err(),
        message("a line end too many\r\n").to_vec().unwrap_err(),
        spaced.to_vec().unwrap_err(),
        chat_msg(Kind::Other(1), b"").to_vec().unwrap_err(),
    ];
    let texts: Vec<_> = texts.iter().map(ToString::to_string).collect();
    in_directory("errors", || insta::assert_snapshot!("encoding", texts.join("\n")));
}

/// Checks that the samples satisfy `testing::laws`, and that their JSON encodes to the same bytes.
#[track_caller]
fn laws<T: OwnedFrame + PartialEq + Debug, const N: usize>(samples: [T; N]) {
    for sample in &samples {
        let json = to_json(sample).unwrap();
        let bytes = from_json::<T>(&json).unwrap_or_else(|error| panic!("{error}\n{json}"));
        assert_eq!(bytes, sample.to_vec().unwrap(), "{json}");
    }
    testing::laws(samples);
}

#[test]
fn every_protocol_obeys_the_laws() {
    laws([chat_msg(Kind::Text, b"hi there"), chat_msg(Kind::Other(0), b"")]);
    laws([ChatReply { sender: 1, kind: Kind::Video, body: vec![0xff; 300] }]);
    laws([message(""), message("hello world!\r\nhello all?"), message("\r\n-\n-\r")]);
    laws([Name { name: "Zoë".to_owned() }]);
    laws([Greeting { name: "Zoë".to_owned(), mark: Auto::new() }]);
    laws([Reply::Welcome { mark: Auto::new() }, Reply::Hello { name: "!".to_owned(), mark: Auto::new() }]);
    laws([request()]);
    laws([response(), Response { header: String::new() }]);
}
