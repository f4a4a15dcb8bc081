//! Captured conversations between the examples and other implementations, byte by byte.

#[path = "../../../runtime/tests/views/languages/agree.rs"]
mod agree;
mod dns;
mod modbus;
mod mqtt;
mod spoken;

use std::fmt::Debug;

use framewright::json::{from_json, to_json};
use framewright::prelude::*;
use framewright::testing::laws;

/// The objects that replace hand-written Rust code in other languages.
const BROUGHT: agree::Brought<'_> = &[
    ("topic", "topic"),
    ("Will", "will"),
    ("Connect", "connect"),
    ("client_id", "text"),
    ("user_name", "text"),
    ("Filter", "filter"),
    ("Name.0", "last_label"),
    ("WsFrame.opcode.check", "ws_whole"),
    ("WsFrame.len.check", "ws_small"),
    ("WsFrame.len", "ws_len"),
    ("WsFrame.len_16", "ws_len_16"),
    ("WsFrame.len_64", "ws_len_64"),
    ("WsFrame.payload", "ws_mask"),
    ("WsFrame.payload.ctx", "ws_key"),
    ("WsFrame.payload.len", "ws_size"),
];

/// Checks a captured conversation in hexadecimal bytes, with `>` before each request and `<` before
/// each reply.
///
/// Each frame must decode and encode to the same bytes, also through JSON, and satisfy
/// `testing::laws`. The codecs of other languages must agree. The dumps of all frames are the
/// snapshot `name`.
#[track_caller]
fn conversation<Q, R>(name: &str, captured: &str)
where
    Q: OwnedFrame + PartialEq + Debug,
    R: OwnedFrame + PartialEq + Debug,
{
    let mut dumps = String::new();
    for message in messages(captured) {
        let (way, dump) = match message.split_at(1) {
            (">", bytes) => ("request", proven::<Q>(&hex(bytes))),
            ("<", bytes) => ("reply", proven::<R>(&hex(bytes))),
            _ => panic!("neither request nor reply: {message}"),
        };
        dumps += &format!("# {way}\n{dump}\n\n");
    }
    let of =
        |way: &str| messages(captured).filter_map(|each| each.strip_prefix(way).map(hex)).collect::<Vec<_>>();
    agree::agree::<Q>(&of(">"), BROUGHT);
    agree::agree::<R>(&of("<"), BROUGHT);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/captured");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, dumps));
}

/// Returns the messages, each with its prefix of `>` or `<`.
fn messages(captured: &str) -> impl Iterator<Item = &str> {
    let starts = captured.match_indices(['>', '<']).map(|(start, _)| start);
    let ends = starts.clone().skip(1).chain([captured.len()]);
    starts.zip(ends).map(|(start, end)| &captured[start..end])
}

/// Checks the frame in these bytes, and returns its dump.
#[track_caller]
fn proven<T: OwnedFrame + PartialEq + Debug>(bytes: &[u8]) -> String {
    let frame = T::decode(bytes).unwrap_or_else(|error| panic!("{error:#}"));
    let dump = frame.dump().to_string();
    assert_eq!(frame.to_vec().unwrap(), bytes, "{dump}");
    let json = to_json(&frame).unwrap();
    let again = from_json::<T>(&json).unwrap_or_else(|error| panic!("{error}\n{json}"));
    assert_eq!(again, bytes, "{json}");
    laws([frame]);
    dump
}

fn hex(digits: &str) -> Vec<u8> {
    digits.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}
