//! Tests of `#[offset_of(field)]`: the start offset of a later field.

use super::{refused, round, samples_of, unwritable};
use framewright::prelude::*;

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le, magic = b"OF")]
struct Offsets {
    #[offset_of(body)]
    at: Auto<u16>,
    #[len_of(body)]
    len: Auto<u16>,
    #[offset_of(name, none = 0)]
    name_at: Auto<u8>,
    #[offset_of(tail, bias = -2)]
    tail_at: Auto<u8>,
    body: Vec<u8>,
    #[len_prefixed(u8)]
    name: Option<String>,
    tail: u16,
}

fn offsets(body: &[u8], name: Option<&str>) -> Offsets {
    Offsets {
        at: Auto::new(),
        len: Auto::new(),
        name_at: Auto::new(),
        tail_at: Auto::new(),
        body: body.to_vec(),
        name: name.map(String::from),
        tail: 0x0506,
    }
}

#[test]
fn an_offset_is_where_a_field_begins() {
    round(offsets(&[1, 2, 3], Some("hi")), b"OF\x08\0\x03\0\x0b\x0c\x01\x02\x03\x02hi\x06\x05");
    round(offsets(&[1], None), b"OF\x08\0\x01\0\0\x07\x01\x06\x05");
    samples_of::<Offsets>();
    let text = Offsets::SCHEMA.to_string();
    assert!(text.contains("tail_at  u8, offset_of(tail, bias = -2)"), "{text}");
    assert!(text.contains("tail     u16 le, begins at tail_at"), "{text}");
    let dump = offsets(&[1], None).dump().to_string();
    assert!(dump.contains("8 = offset_of(body)"), "{dump}");
}

#[test]
fn bytes_before_an_offset_are_ignored() {
    let bytes = b"OF\x0a\0\x01\0\x0d\x0f..\x01..\x02hi.\x06\x05";
    assert_eq!(Offsets::decode(bytes).unwrap(), offsets(&[1], Some("hi")));
    // The bytes arrive one at a time, and the walk finds the end of the frame.
    let mut framer = framewright::stream::Framer::new();
    for byte in bytes {
        assert!(framer.next_frame::<Offsets>().unwrap().is_none());
        framer.room().extend_from_slice(&[*byte]);
    }
    assert!(framer.next_frame::<Offsets>().unwrap().is_some());
    let shown = framewright::view::dump_bytes::<Offsets>(bytes).to_string();
    assert!(shown.contains("\"hi\"") && shown.contains("1286"), "{shown}");
}

#[test]
fn an_empty_field_may_begin_anywhere() {
    for at in [*b"\0\0", *b"\xff\xff"] {
        let bytes = [b"OF", &at[..], b"\0\0\0\x06\x06\x05"].concat();
        assert_eq!(Offsets::decode(&bytes).unwrap(), offsets(&[], None));
    }
}

#[test]
fn an_offset_that_cannot_be_is_refused() {
    assert_eq!(
        refused::<Offsets>(b"OF\x07\0\x01\0\0\x07\x01\x06\x05"),
        "Offsets.at at byte 2: expected an offset of at least 8, where the earlier fields end, found 7"
    );
    let beyond = refused::<Offsets>(b"OF\xff\0\x01\0\0\x07\x01\x06\x05");
    assert!(beyond.starts_with("Offsets.body at byte 8: expected 247 bytes"), "{beyond}");
    // The offset of the field is set, so the field must be present.
    assert!(refused::<Offsets>(b"OF\x08\0\x01\0\x09\x08\x01\x06\x05").starts_with("Offsets.name"));
    assert_eq!(unwritable(offsets(&[0; 300], None)), "Offsets.tail_at: the offset field cannot hold 308");
}

/// Offsets in bit fields, after variable-length fields and in a variant, and two offsets of one
/// field.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, tag = u8)]
enum Placed {
    #[tag(1)]
    Bits {
        #[bits(4)]
        kind: u8,
        #[bits(12)]
        #[offset_of(rest)]
        at: Auto<u16>,
        #[offset_of(rest)]
        again: Auto<u32>,
        #[count_prefixed(u8)]
        list: Vec<u16>,
        #[rest]
        rest: Vec<u8>,
    },
    #[tag(2)]
    Frames {
        #[wire(u24)]
        #[offset_of(inner)]
        at: Auto<u32>,
        #[until(0)]
        name: String,
        #[align(4)]
        pad: Auto,
        inner: Inner,
    },
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Inner {
    #[len_of(text)]
    len: Auto<u8>,
    #[offset_of(text)]
    at: Auto<u8>,
    text: String,
}

#[test]
fn an_offset_may_stand_anywhere_in_front() {
    let bits = Placed::Bits {
        kind: 7,
        at: Auto::new(),
        again: Auto::new(),
        list: vec![1, 2],
        rest: b"end".to_vec(),
    };
    round(bits, b"\x01\x70\x0c\0\0\0\x0c\x02\0\x01\0\x02end");
    let inner = Inner { len: Auto::new(), at: Auto::new(), text: "x".into() };
    let frames = Placed::Frames { at: Auto::new(), name: "ab".into(), pad: Auto::new(), inner };
    round(frames, b"\x02\0\0\x08ab\0\0\x01\x02x");
    samples_of::<Placed>();
    assert_eq!(
        refused::<Placed>(b"\x01\x70\x0c\0\0\0\x0d\x02\0\x01\0\x02end"),
        "Placed.again at byte 3: expected 12, found 13"
    );
}

/// A field that extends to the offset of the next field.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct UpTo {
    #[offset_of(tail)]
    at: Auto<u16>,
    #[rest]
    items: Vec<u16>,
    tail: u8,
    #[len_prefixed(u8)]
    name: String,
}

#[test]
fn a_rest_ends_where_the_next_field_begins() {
    let value = UpTo { at: Auto::new(), items: vec![1, 2], tail: 9, name: "n".into() };
    round(value, b"\0\x06\0\x01\0\x02\x09\x01n");
    samples_of::<UpTo>();
    assert!(
        refused::<UpTo>(b"\0\x01\0\x01\x09\x01n")
            .starts_with("UpTo.at at byte 0: expected an offset of at least 2")
    );
    assert!(refused::<UpTo>(b"\0\x05\0\x01\0\x09\x01n").starts_with("UpTo.items"));
}

/// The offset is written again when the delimiter before the field is removed.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct InBits {
    #[bits(4)]
    kind: u8,
    #[bits(12)]
    #[offset_of(data)]
    at: Auto<u16>,
    #[bits(128)]
    filler: u128,
    #[bits(8)]
    #[offset_of(data)]
    again: Auto<u8>,
    #[until(b"\r\n", between)]
    name: String,
    #[rest]
    data: Vec<u8>,
}

#[test]
fn an_offset_in_bits_is_written_twice() {
    let in_bits = |data: &[u8]| InBits {
        kind: 3,
        at: Auto::new(),
        filler: 9,
        again: Auto::new(),
        name: "abc".into(),
        data: data.to_vec(),
    };
    let bytes = |at, end: &[u8]| [&[0x30, at], &[0; 15][..], &[9, at], b"abc", end].concat();
    round(in_bits(&[]), &bytes(22, b""));
    round(in_bits(&[1]), &bytes(24, b"\r\n\x01"));
}
