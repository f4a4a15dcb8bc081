//! Tests of names in expressions: members of values, items, tags, and what delimiters end.

use super::{assert_members, parsed};
use framewright::prelude::*;

/// Members of nested frames and tuples are numbers in expressions, in whatever format they are.
#[test]
fn members_of_nested_frames_are_read() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Inner {
        live: bool,
        #[len_of(text)]
        len: Auto<u8>,
        text: String,
        size: u16,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, len_prefixed(u8))]
    struct Header {
        #[wire(varint)]
        len: u32,
        #[bits(1)]
        flag: u8,
        #[bits(7)]
        rest: u8,
        pair: (u8, u8),
        inner: Inner,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Packet {
        header: Header,
        #[len(header.len)]
        a: String,
        #[when(header.flag == 1)]
        b: Option<u8>,
        #[len(header.pair.1)]
        c: String,
        #[len(header.inner.size)]
        d: String,
        #[when(header.inner.live)]
        e: Option<u8>,
        pair: (u8, u8),
        #[len(pair.0)]
        f: String,
        #[until(|header| header.inner.size == 0)]
        headers: Vec<Header>,
        last: u8,
    }
    let header = |len, size| Header {
        len,
        flag: 1,
        rest: 5,
        pair: (9, 3),
        inner: Inner { live: true, len: Auto::new(), text: "xy".into(), size },
    };
    let packet = Packet {
        header: header(2, 4),
        a: "aa".into(),
        b: Some(6),
        c: "ccc".into(),
        d: "dddd".into(),
        e: Some(7),
        pair: (1, 2),
        f: "f".into(),
        headers: vec![header(300, 1), header(0, 0)],
        last: 77,
    };
    let Some(json) = parsed(Packet::SCHEMA, &packet.to_vec().unwrap()) else { return };
    assert_members(
        &json,
        &[
            r#""a":"aa""#,
            r#""b":6"#,
            r#""c":"ccc""#,
            r#""d":"dddd""#,
            r#""e":7"#,
            r#""f":"f""#,
            r#""last":77"#,
        ],
    );
}

/// Items with words of their own are the only fields of hidden frames.
#[test]
fn items_with_words_end_their_list() {
    #[derive(Frame, Debug, PartialEq)]
    struct Digits {
        #[each(wire(dec), until(b","))]
        #[until(0)]
        list: Vec<u32>,
        #[each(wire(dec), len(2))]
        #[until(|item| *item == 17)]
        pairs: Vec<u8>,
        #[each(wire(dec), until(b"\r\n"))]
        #[until(|item| *item > 9)]
        lines: Vec<u8>,
        #[until(|byte| *byte > 9)]
        bytes: Vec<u8>,
        last: u8,
    }
    let digits =
        Digits { list: vec![12, 5], pairs: vec![10, 17], lines: vec![3, 10], bytes: vec![7, b'!'], last: 77 };
    assert_eq!(digits.to_vec().unwrap(), b"12,5,0,10173\r\n10\r\n\x07!M");
    let Some(json) = parsed(Digits::SCHEMA, &digits.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""last":77"#]);
}

/// The number between two delimiters is the value of a type that finds the end.
#[test]
fn digits_that_end_with_several_bytes_are_numbers() {
    #[derive(Frame, Debug, PartialEq)]
    struct Header {
        #[wire(dec)]
        #[until(b"\r\n")]
        len: u32,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Inner {
        #[wire(dec)]
        #[until(b", ")]
        len: u32,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Bulk {
        #[wire(dec)]
        #[until(b"\r\n")]
        #[len_of(data)]
        len: Auto<u32>,
        data: String,
        header: Header,
        #[len(header.len)]
        more: String,
        #[until(b"\r\n")]
        inner: Inner,
        #[len(inner.len)]
        last: String,
    }
    let bulk = Bulk {
        len: Auto::new(),
        data: "abc".into(),
        header: Header { len: 2 },
        more: "de".into(),
        inner: Inner { len: 1 },
        last: "f".into(),
    };
    let Some(json) = parsed(Bulk::SCHEMA, &bulk.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""data":"abc""#, r#""more":"de""#, r#""last":"f""#]);
}

/// The value of such a field is in a type of its own, from where the tag is in its parent.
#[test]
fn tags_are_found_from_the_types_of_values() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    enum Body {
        #[tag(1)]
        Small(u8),
        #[tag(2)]
        Large(u16),
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Tagged {
        kind: u8,
        #[tag(kind)]
        #[until(b"\r\n")]
        body: Body,
        #[tag(kind)]
        #[len_prefixed(u8)]
        list: Vec<Body>,
        last: u8,
    }
    let tagged =
        Tagged { kind: 2, body: Body::Large(5), list: vec![Body::Large(6), Body::Large(7)], last: 9 };
    let Some(json) = parsed(Tagged::SCHEMA, &tagged.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""f0":5"#, r#""f0":6"#, r#""f0":7"#, r#""last":9"#]);
}
