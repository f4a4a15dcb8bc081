//! Tests of sizes that depend on each other: padding, variable-length prefixes, delimiters, and
//! expressions that name a field with a prefix.

use framewright::checksum::Sum8;
use framewright::prelude::*;

use crate::held::{refused, same};

#[test]
fn a_name_is_the_field_and_not_its_prefix() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, len_prefixed(varint))]
    struct Named {
        #[len_prefixed(u8)]
        s: String,
        #[count_prefixed(u16)]
        v: Vec<u16>,
        #[len_prefixed(varint)]
        t: Vec<u8>,
        #[pad(9usize.saturating_sub(s.len()))]
        p: Auto,
        #[calc(s.len().to_le_bytes()[0].wrapping_add(v.first().map_or(0, |v| v.to_le_bytes()[0])), verify)]
        sum: Auto<u8>,
        #[tag(t.first().copied().unwrap_or(0))]
        body: Body,
        #[ctx(s.len(), v.len())]
        inner: Inner,
        #[when(s.is_empty())]
        #[len_prefixed(u8)]
        empty: Option<Vec<u8>>,
        #[check(v.len() < 4, "too many")]
        #[len(t.len())]
        last: Vec<u8>,
        #[when(v.len() == 2)]
        #[calc(t.len().to_le_bytes()[0])]
        maybe: Auto<u8>,
        #[pad(maybe)]
        q: Auto,
    }

    #[derive(Frame, Debug, PartialEq)]
    enum Body {
        #[tag(1)]
        One(u8),
        #[tag(2)]
        Two,
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, ctx(len: usize, count: usize))]
    struct Inner {
        #[len(len)]
        a: Vec<u8>,
        #[count(count)]
        b: Vec<u16>,
    }

    let named = Named {
        s: "hi".into(),
        v: vec![3, 4],
        t: vec![1, 8],
        p: Auto::new(),
        sum: Auto::new(),
        body: Body::One(7),
        inner: Inner { a: vec![5, 5], b: vec![1, 2] },
        empty: None,
        last: vec![6, 6],
        maybe: Auto::new(),
        q: Auto::new(),
    };
    #[rustfmt::skip]
    let bytes = [
        32, 2, b'h', b'i', 0, 2, 0, 3, 0, 4, 2, 1, 8, 0, 0, 0, 0, 0, 0, 0, 5, 7, 5, 5, 0, 1, 0, 2, 6, 6, 2, 0, 0,
    ];
    assert_eq!(named.to_vec().unwrap(), bytes, "{}", named.dump());
    same(named, &bytes);
}

#[test]
fn widths_are_tried_from_the_narrowest() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(len_prefixed(varint))]
    struct Padded {
        a: u8,
        #[align(4)]
        p: Auto,
        b: u8,
    }
    same(Padded { a: 1, p: Auto::new(), b: 2 }, &[4, 1, 0, 0, 2]);

    #[derive(Frame, Debug, PartialEq)]
    #[frame(len_prefixed(varint))]
    struct Long {
        #[len_prefixed(u8)]
        a: Vec<u8>,
        #[align(4)]
        p: Auto,
        b: u8,
    }
    let long = |len| Long { a: vec![7; len], p: Auto::new(), b: 2 };
    // At 127 bytes the length has one byte, and at 128 it has two.
    for len in [0, 1, 121, 122, 126, 127, 128, 129] {
        let value = long(len);
        let bytes = value.to_vec().unwrap_or_else(|error| panic!("{len}: {error}"));
        same(value, &bytes);
    }
    for len in [123, 124, 125] {
        let reason = refused(long(len));
        assert_eq!(
            reason,
            "Long.len: no size of this variable-length field fits, because the length also counts alignment"
        );
    }
}

#[test]
fn widths_of_every_kind() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Kinds {
        #[wire(quic)]
        #[len_of(a..=b)]
        quic: Auto<u64>,
        // The length is not directly before the fields that it counts.
        id: u8,
        #[len_prefixed(u8)]
        a: Vec<u8>,
        #[align(4)]
        b: Auto,
        #[wire(dec)]
        #[until(b":")]
        #[len_of(c..zigzag)]
        dec: Auto<u32>,
        c: u8,
        #[align(4)]
        d: Auto,
        #[wire(zigzag)]
        #[len_of(g..)]
        zigzag: Auto<i32>,
        #[len_of(f..)]
        total: Auto<u16>,
        f: u8,
        #[align(8)]
        g: Auto,
        #[rest]
        h: Vec<u8>,
    }
    let kinds = Kinds {
        quic: Auto::new(),
        id: 9,
        a: vec![5, 6],
        b: Auto::new(),
        dec: Auto::new(),
        c: 1,
        d: Auto::new(),
        zigzag: Auto::new(),
        total: Auto::new(),
        f: 3,
        g: Auto::new(),
        h: vec![9],
    };
    same(kinds, &[6, 9, 2, 5, 6, 0, 0, 0, b'2', b':', 1, 0, 2, 0, 2, 3, 9]);
}

#[test]
fn a_length_some_fields_before_its_content() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Ahead {
        #[wire(varint)]
        #[len_of(b..)]
        n: Auto<u32>,
        a: u8,
        #[align(4)]
        p: Auto,
        b: u8,
        #[align(8)]
        q: Auto,
        #[rest]
        c: Vec<u8>,
    }
    let ahead = |len| Ahead { n: Auto::new(), a: 9, p: Auto::new(), b: 1, q: Auto::new(), c: vec![7; len] };
    same(ahead(2), &[6, 9, 0, 0, 1, 0, 0, 0, 7, 7]);
    let bytes = [&[0x84, 1, 9, 0, 1, 0, 0, 0][..], &[7; 128]].concat();
    same(ahead(128), &bytes);

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Inside {
        #[len_of(b..)]
        outer: Auto<u16>,
        #[wire(varint)]
        #[len_of(b..=c)]
        inner: Auto<u32>,
        b: u8,
        #[rest]
        c: Vec<u8>,
        d: u8,
    }
    let inside = Inside { outer: Auto::new(), inner: Auto::new(), b: 1, c: vec![2, 3], d: 4 };
    same(inside, &[0, 4, 3, 1, 2, 3, 4]);

    #[derive(Frame, Debug, PartialEq)]
    struct Digits {
        #[wire(dec)]
        #[until(b":")]
        #[len_of(a..)]
        n: Auto<u32>,
        a: u8,
        #[align(4, fill = 9)]
        p: Auto,
        #[rest]
        b: Vec<u8>,
    }
    let digits = |len| Digits { n: Auto::new(), a: 1, p: Auto::new(), b: vec![7; len] };
    same(digits(1), b"3:\x01\x09\x07");
    same(digits(7), b"9:\x01\x09\x07\x07\x07\x07\x07\x07\x07");
    refused(digits(8));
    same(digits(9), b"10:\x01\x07\x07\x07\x07\x07\x07\x07\x07\x07");
}

#[test]
fn nested_scopes_of_varying_width() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, tag = varint, len_prefixed(quic))]
    enum Tree {
        #[tag(1)]
        Leaf(#[rest] Vec<u8>),
        #[tag(2)]
        Node {
            #[wire(varint)]
            #[len_of(p..)]
            len: Auto<u32>,
            #[align(4)]
            p: Auto,
            #[len_prefixed(varint)]
            kids: Vec<Tree>,
            #[align(2)]
            q: Auto,
        },
    }
    let mut tree = Tree::Leaf(vec![7; 200]);
    // Each level is measured twice. If each measurement measured the levels inside it twice, 40
    // levels would take 2^40 steps.
    for _ in 0..40 {
        tree = Tree::Node { len: Auto::new(), p: Auto::new(), kids: vec![tree], q: Auto::new() };
    }
    let bytes = tree.to_vec().unwrap();
    assert_eq!(tree.encoded_len(), bytes.len());
    assert_eq!(Tree::decode(&bytes).unwrap(), tree);
}

#[test]
fn the_frame_is_without_its_delimiter() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, tag = u8, until(b"\n"))]
    enum Enum {
        #[tag(1)]
        One {
            #[len_of(..)]
            len: Auto<u8>,
            #[checksum(Sum8, over = ..)]
            sum: Auto<u8>,
            #[rest]
            data: Vec<u8>,
        },
        #[tag(2)]
        Two,
    }
    let one = |data: &[u8]| Enum::One { len: Auto::new(), sum: Auto::new(), data: data.into() };
    same(one(&[20, 30]), &[1, 5, 56, 20, 30, b'\n']);
    same(Enum::Two, &[2, b'\n']);
    // The checksum would have the value of the delimiter.
    refused(one(&[5]));

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, until(b"\r\n"), magic = b"M", len_prefixed(u8))]
    struct Struct {
        #[checksum(Sum8, over = ..)]
        sum: Auto<u8>,
        #[len_of(..)]
        total: Auto<u8>,
        #[checksum(Sum8, over = data..)]
        open: Auto<u8>,
        #[len_of(data..)]
        left: Auto<u8>,
        #[until(0)]
        data: Vec<u8>,
        #[align(4)]
        fill: Auto,
    }
    let value = Struct {
        sum: Auto::new(),
        total: Auto::new(),
        open: Auto::new(),
        left: Auto::new(),
        data: vec![7],
        fill: Auto::new(),
    };
    let sum = b'M' + 6 + 8 + 7 + 2 + 7;
    same(value, &[b'M', 6, sum, 8, 7, 2, 7, 0, b'\r', b'\n']);
}

#[test]
fn a_sum_that_is_the_delimiter() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(until(b"\n"))]
    struct Line {
        #[rest]
        data: Vec<u8>,
        #[checksum(Sum8, over = ..)]
        sum: Auto<u8>,
    }
    same(Line { data: vec![7], sum: Auto::new() }, b"\x07\x07\n");
    refused(Line { data: vec![7, 3], sum: Auto::new() });
}
