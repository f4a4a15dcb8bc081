//! memcached's text protocol. The layout and the bytes are from memcached's doc/protocol.txt.

use framewright::prelude::*;

use crate::proves;

#[derive(Frame, Debug, Clone, PartialEq)]
struct Command {
    #[until(b"\r\n")]
    #[separated(b" ")]
    words: Vec<String>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(until(b"\r\n"), magic = b"VALUE ")]
struct Value {
    #[until(b" ")]
    key: String,
    #[wire(dec)]
    #[until(b" ")]
    flags: u32,
    #[wire(dec)]
    #[until(b" ", between)]
    bytes: u32,
    #[optional]
    #[wire(dec)]
    #[rest]
    cas: Option<u64>,
}

#[test]
fn get() {
    let words = ["get", "a", "b", "c"].map(String::from).to_vec();
    proves("memcached-get", b"get a b c\r\n", Command { words });
}

#[test]
fn values() {
    let value = |cas| Value { key: "k".into(), flags: 0, bytes: 3, cas };
    proves("memcached-value", b"VALUE k 0 3\r\n", value(None));
    proves("memcached-value-cas", b"VALUE k 0 3 77\r\n", value(Some(77)));
}
