//! Tests of optional fields and computed values.

use std::fmt::Debug;

use framewright::checksum::Crc32;
use framewright::prelude::*;

use crate::enums::Choice;
use crate::held::{refused, round};

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Options {
    #[presence_of(ext)]
    has_ext: Auto<bool>,
    flags: u8,
    #[when(flags & 1 != 0)]
    when: Option<u16>,
    ext: Option<u32>,
    #[len_prefixed(i16, none = -1)]
    null: Option<String>,
    #[count_prefixed(u8, none = 0xff)]
    list: Option<Vec<u8>>,
    #[skip]
    cache: Option<String>,
    #[optional]
    maybe: Option<u16>,
    #[optional]
    more: Option<u8>,
}

#[test]
fn options() {
    let all = Options {
        has_ext: Auto::new(),
        flags: 1,
        when: Some(2),
        ext: Some(3),
        null: Some("x".into()),
        list: Some(vec![]),
        cache: None,
        maybe: Some(4),
        more: Some(5),
    };
    round(all, b"\x01\x01\0\x02\0\0\0\x03\0\x01x\0\0\x04\x05");
    let none = || Options {
        has_ext: Auto::new(),
        flags: 0,
        when: None,
        ext: None,
        null: None,
        list: None,
        cache: None,
        maybe: None,
        more: None,
    };
    round(none(), b"\0\0\xff\xff\xff");
    assert!(refused(Options { when: Some(1), ..none() }).contains("Options.when"));
    assert!(refused(Options { flags: 1, ..none() }).contains("Options.when"));
    assert!(refused(Options { list: Some(vec![0; 255]), ..none() }).contains("Options.list"));
}

type Box2 = u8;

#[derive(Frame, Debug, PartialEq)]
#[frame(be, check(low <= high, "low must not exceed high"))]
struct Checked {
    low: u8,
    high: u8,
    #[check(even % 2 == 0, "must be even")]
    even: Box2,
    #[calc(low + high, verify)]
    sum: Auto<u8>,
    #[align(4)]
    fill: Auto,
    #[checksum(Crc32, over = low..=fill)]
    crc: Auto<u32>,
}

#[test]
fn computed() {
    let value =
        |low, high, even| Checked { low, high, even, sum: Auto::new(), fill: Auto::new(), crc: Auto::new() };
    let bytes = value(1, 2, 4).to_vec().unwrap();
    assert_eq!(bytes[..4], [1, 2, 4, 3]);
    assert_eq!(bytes[4..], Crc32::compute(&bytes[..4]).to_be_bytes());
    round(value(1, 2, 4), &bytes);
    assert!(refused(value(2, 1, 0)).contains("low must not exceed high"));
    assert!(refused(value(1, 2, 3)).contains("Checked.even: must be even"));
    let at = |bytes: &[u8]| Checked::decode(bytes).unwrap_err().to_string();
    assert_eq!(at(&[1, 2, 3, 3, 0, 0, 0, 0]), "Checked.even at byte 2: must be even");
    assert_eq!(at(&[1, 2, 4, 9, 0, 0, 0, 0]), "Checked.sum at byte 3: expected 3, found 9");
    assert!(at(&[1, 2, 4, 3, 0, 0, 0, 0]).starts_with("Checked.crc at byte 4: expected the checksum 0x"));
}

#[derive(Frame, Debug, PartialEq)]
#[frame(tag = varint)]
enum QuicFrame {
    #[tag(0x00)]
    Padding,
    #[tag(0x1234)]
    Wide(u8),
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Loose {
    flags: u8,
    #[when(flags == 1)]
    #[magic(b"MORE")]
    more: Auto,
    #[when(flags == 1)]
    #[pad(2)]
    pad: Auto,
    #[tag_of(body)]
    #[wire(varint)]
    kind: Auto<u32>,
    #[wire(u24)]
    triples: [u32; 2],
    #[wire(varint)]
    numbers: [u16; 2],
    body: Choice,
}

#[test]
fn variable_length_tags_and_optional_constants() {
    round(QuicFrame::Padding, b"\0");
    round(QuicFrame::Wide(7), b"\xb4\x24\x07");
    assert!(QuicFrame::decode(b"\x80\x00").is_err());
    let loose = |flags| Loose {
        flags,
        more: Auto::new(),
        pad: Auto::new(),
        kind: Auto::new(),
        triples: [1, 2],
        numbers: [3, 300],
        body: Choice::One(9),
    };
    round(loose(1), b"\x01MORE\0\0\x01\0\0\x01\0\0\x02\x03\xac\x02\x09");
    round(loose(0), b"\0\x01\0\0\x01\0\0\x02\x03\xac\x02\x09");
    assert_eq!(Loose::decode(b"\x01LESS\0\0").unwrap_err().path(), "Loose.more");
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct FlaggedFlag {
    k: u8,
    #[when(k > 1)]
    #[presence_of(x)]
    flag: Auto<bool>,
    x: Option<u8>,
}

#[test]
fn an_absent_flag_means_no_field() {
    round(FlaggedFlag { k: 2, flag: Auto::new(), x: Some(5) }, b"\x02\x01\x05");
    round(FlaggedFlag { k: 2, flag: Auto::new(), x: None }, b"\x02\0");
    round(FlaggedFlag { k: 0, flag: Auto::new(), x: None }, b"\0");
    assert!(refused(FlaggedFlag { k: 0, flag: Auto::new(), x: Some(5) }).contains("FlaggedFlag.x"));
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Tails {
    #[optional]
    a: Option<u8>,
    #[optional]
    b: Option<u8>,
    #[rest]
    c: Vec<u8>,
}

#[test]
fn nothing_follows_an_absent_optional() {
    round(Tails { a: Some(1), b: Some(2), c: vec![3] }, &[1, 2, 3]);
    round(Tails { a: Some(1), b: None, c: vec![] }, &[1]);
    assert!(refused(Tails { a: None, b: Some(2), c: vec![] }).contains("Tails.b"));
    assert!(refused(Tails { a: Some(1), b: None, c: vec![3] }).contains("Tails.c"));
}
