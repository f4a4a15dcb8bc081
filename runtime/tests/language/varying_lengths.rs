//! Tests of lengths of varying size whose ranges lie within each other.
#![cfg(feature = "testing")]

use framewright::prelude::*;

use crate::by_json::laws;

/// Variable-length length fields. The range of `inner` lies within the range of `outer`.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct LengthBetween {
    #[len_of(size.., bias = 3)]
    #[wire(varint)]
    outer: Auto<u64>,
    #[len_of(size..=size)]
    #[wire(varint)]
    inner: Auto<u64>,
    size: u16,
    more: u8,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct LengthInFront {
    #[len_of(size..=size)]
    #[wire(varint)]
    inner: Auto<u64>,
    #[len_of(size..)]
    #[wire(varint)]
    outer: Auto<u64>,
    size: u16,
    more: u8,
}

/// The range of `inner` begins after that of `outer`.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct LengthOfTail {
    #[len_of(count..)]
    #[wire(mqtt)]
    outer: Auto<u32>,
    #[len_of(text..=text)]
    #[wire(varint)]
    inner: Auto<u64>,
    #[len_of(text)]
    count: Auto<u16>,
    text: String,
}

#[test]
fn lengths_that_vary_and_enclose_each_other() {
    let value = LengthBetween { outer: Auto::new(), inner: Auto::new(), size: 1, more: 2 };
    assert_eq!(value.to_vec().unwrap(), [6, 2, 0, 1, 2]);
    laws([value]);
    let value = LengthInFront { inner: Auto::new(), outer: Auto::new(), size: 1, more: 2 };
    assert_eq!(value.to_vec().unwrap(), [2, 3, 0, 1, 2]);
    laws([value]);
    let value =
        |text: String| LengthOfTail { outer: Auto::new(), inner: Auto::new(), count: Auto::new(), text };
    assert_eq!(value("hi".into()).to_vec().unwrap(), [4, 2, 0, 2, b'h', b'i']);
    laws([125, 126, 127, 128, 16_381].map(|len| value("x".repeat(len))));
}
