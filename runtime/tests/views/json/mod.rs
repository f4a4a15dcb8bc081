//! Tests of values as JSON: the format, round trips, and the errors for JSON that is not a frame.
#![cfg(feature = "json")]

mod computed;
mod errors;
mod forms;
mod kept;
mod numbers;
mod presence;
mod structure;

use std::fmt::Debug;

use framewright::json::{from_json, to_json};
use framewright::prelude::*;

/// Checks that the JSON of the value is `json`, and that `json` gives the bytes of the value.
#[track_caller]
pub(super) fn is<T: OwnedFrame + Debug>(value: &T, json: &str) {
    assert_eq!(to_json(value).unwrap(), json);
    gives(json, value);
}

/// Checks that `json` gives the bytes of the value.
#[track_caller]
pub(super) fn gives<T: OwnedFrame + Debug>(json: &str, value: &T) {
    let bytes = from_json::<T>(json).unwrap_or_else(|error| panic!("{error}\n{json}"));
    assert_eq!(bytes, value.to_vec().unwrap(), "{json}");
}

#[track_caller]
pub(super) fn fails<T: OwnedFrame + Debug>(json: &str, message: &str) {
    assert_eq!(from_json::<T>(json).unwrap_err().to_string(), message);
}

#[derive(Frame, Debug)]
pub(super) struct Empty;

#[derive(Frame, Debug)]
#[frame(be)]
pub(super) struct Nested<T> {
    #[len_prefixed(u8)]
    maybe: T,
    pair: (u8, bool),
    #[bits(3)]
    three: i8,
    #[bits(1)]
    flag: bool,
    #[bits(4)]
    four: u8,
    grid: [[u16; 2]; 2],
    mac: [u8; 3],
    host: std::net::Ipv4Addr,
    empty: Empty,
    #[count_prefixed(u8)]
    items: Vec<Item>,
    #[fixed(6)]
    code: String,
    #[len_prefixed(i8, none = -1)]
    list: Option<Vec<u16>>,
}

#[derive(Frame, Debug)]
#[frame(be, tag = u8)]
pub(super) enum Item {
    #[tag(0)]
    None,
    #[tag(1)]
    Pair(u8, u8),
    #[tag(2..=9)]
    Kept {
        #[tag]
        which: u8,
        r#type: u16,
    },
    #[tag(_)]
    Other(u8),
}

#[derive(Frame, Debug)]
pub(super) struct Raw(#[rest] Vec<u8>);

pub(super) fn nested(list: Option<Vec<u16>>) -> Nested<Raw> {
    Nested {
        maybe: Raw(vec![0, 0xff]),
        pair: (1, true),
        three: -4,
        flag: true,
        four: 15,
        grid: [[1, 2], [3, 4]],
        mac: [1, 2, 3],
        host: [10, 0, 0, 1].into(),
        empty: Empty,
        items: vec![Item::None, Item::Pair(1, 2), Item::Kept { which: 9, r#type: 3 }, Item::Other(77)],
        code: "a\"\n".into(),
        list,
    }
}

#[derive(Frame, Debug)]
#[frame(be)]
pub(super) struct Conditional {
    flags: u8,
    #[when(flags & 1 != 0)]
    extra: Option<u16>,
    #[rest]
    rest: Vec<u8>,
}
