//! Tests of computed fields in JSON: lengths, checksums, presence.

use std::fmt::Debug;

use framewright::checksum::Crc32;
use framewright::json::{from_json, to_json};
use framewright::prelude::*;

use super::{Conditional, fails, gives, is};

#[derive(Frame, Debug)]
#[frame(be)]
struct Computed {
    #[len_of(..)]
    total: Auto<u16>,
    #[calc(u8::try_from(body.len()).unwrap_or(u8::MAX))]
    size: Auto<u8>,
    #[len(size)]
    body: Vec<u8>,
    #[when(size > 1)]
    #[checksum(Crc32, over = body)]
    sum: Auto<u32>,
    #[align(4, fill = 0xee, strict)]
    fill: Auto,
}

#[test]
fn values_that_contradict_the_codec_are_refused() {
    let value = Computed {
        total: Auto::new(),
        size: Auto::new(),
        body: b"abc".to_vec(),
        sum: Auto::new(),
        fill: Auto::new(),
    };
    is(&value, r#"{"body": "0x616263", "size": 3}"#);
    gives(r#"{"body": {"text": "abc"}, "size": 3, "total": 99, "sum": 1}"#, &value);
    fails::<Computed>(
        r#"{"body": "0x616263"}"#,
        "the values do not fit together: Computed.total at byte 4: 4 bytes left over after the value",
    );
}

#[test]
fn presence_and_condition_must_agree() {
    is(&Conditional { flags: 1, extra: Some(2), rest: vec![] }, r#"{"flags": 1, "extra": 2, "rest": "0x"}"#);
    gives(r#"{"flags": 0, "rest": ""}"#, &Conditional { flags: 0, extra: None, rest: vec![] });
    fails::<Conditional>(
        r#"{"flags": 1, "rest": ""}"#,
        "the values do not fit together: Conditional.extra at byte 1: expected 2 bytes, found 0",
    );
}

#[derive(Frame, Debug)]
#[frame(be, tag = u8, len_prefixed(u32, inclusive))]
enum Startup {
    #[tag(b'Q')]
    Query {
        #[until(0)]
        sql: String,
    },
}

#[test]
fn a_length_of_the_type_counts_itself() {
    is(&Startup::Query { sql: "select".into() }, r#"{"Query": {"sql": "select"}}"#);
    fails::<Startup>(
        r#"{"Query": {"sql": "a\u0000b"}}"#,
        "Startup.Query.sql: it contains its delimiter \"\\x00\"",
    );
}

/// A frame is first built with a placeholder for each checksum. Checks that the placeholder is not
/// taken for the delimiter of the frame.
#[test]
fn a_sum_within_a_delimited_frame() {
    #[derive(Frame, Debug)]
    #[frame(be, until(b"\0"))]
    struct Line {
        a: u8,
        #[checksum(Crc32, over = ..)]
        sum: Auto<u32>,
        b: Inner,
    }

    #[derive(Frame, Debug)]
    #[frame(be)]
    struct Inner {
        #[checksum(Crc32, over = n)]
        sum: Auto<u32>,
        n: u8,
    }

    let line = Line { a: 2, sum: Auto::new(), b: Inner { sum: Auto::new(), n: 1 } };
    is(&line, "{\"a\": 2, \"b\": {\"n\": 1}}");
}

#[test]
fn lengths_of_ranges_that_begin_or_end_with_what_is_skipped() {
    #[derive(Frame, Debug, PartialEq)]
    struct Begins {
        #[len_of(note..)]
        len: Auto<u8>,
        #[skip]
        note: u32,
        body: u8,
        #[rest]
        more: Vec<u8>,
    }
    is(&Begins { len: Auto::new(), note: 0, body: 7, more: vec![8, 9] }, r#"{"body": 7, "more": "0x0809"}"#);

    #[derive(Frame, Debug, PartialEq)]
    struct Ends {
        #[len_of(body..=note)]
        len: Auto<u8>,
        body: u8,
        #[len_prefixed(u8)]
        more: Vec<u8>,
        #[skip]
        note: u32,
    }
    is(&Ends { len: Auto::new(), body: 7, more: vec![8, 9], note: 0 }, r#"{"body": 7, "more": "0x0809"}"#);
}

#[test]
fn values_that_a_constant_marks_as_absent() {
    const NOTHING: u16 = 0xffff;
    const SOME: u8 = 3;
    const NONE: u8 = 4;

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Absent {
        #[len_prefixed(u16, none = NOTHING)]
        text: Option<String>,
        #[presence_of(number, some = SOME, none = NONE)]
        there: Auto<u8>,
        number: Option<u8>,
    }
    is(&Absent { text: None, there: Auto::new(), number: Some(1) }, r#"{"text": null, "number": 1}"#);
    is(
        &Absent { text: Some("a".into()), there: Auto::new(), number: None },
        r#"{"text": "a", "number": null}"#,
    );
}

#[test]
fn an_optional_value_of_no_bytes_at_the_end() {
    #[derive(Frame, Debug, PartialEq)]
    struct Ends {
        kind: u8,
        #[optional]
        #[rest]
        more: Option<Vec<u8>>,
    }
    is(&Ends { kind: 1, more: None }, r#"{"kind": 1, "more": null}"#);
    is(&Ends { kind: 1, more: Some(vec![2]) }, r#"{"kind": 1, "more": "0x02"}"#);
    fails::<Ends>(
        r#"{"kind": 1, "more": ""}"#,
        "Ends.more: an optional field at the end must not be empty, because it would be decoded as absent",
    );
}

#[test]
fn a_scaled_length_of_what_has_lengths_of_its_own() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(len_prefixed(u8, scale = 4))]
    struct Words {
        #[wire(varint)]
        #[count_of(items)]
        count: Auto<u32>,
        items: Vec<u8>,
    }
    let items = vec![1; 130];
    let shown = format!("{{\n  \"items\": \"0x{}\"\n}}", "01".repeat(130));
    is(&Words { count: Auto::new(), items }, &shown);
    fails::<Words>(r#"{"items": "0x0102"}"#, "Words.len: 3 bytes are not a multiple of 4");
}

/// Checks padded fields whose size is an expression over computed fields.
#[test]
fn padded_fields_with_computed_sizes() {
    #[derive(Frame, Debug)]
    #[frame(be)]
    struct Placed {
        #[presence_of(tag, some = 0)]
        len: Auto<u8>,
        #[count_of(list)]
        #[bits(4)]
        count: Auto<u8>,
        #[bits(4)]
        n: u8,
        tag: Option<u16>,
        #[len(len, until = b"@")]
        out: String,
        #[len(usize::from(count) + usize::from(n), until = 0)]
        name: String,
        list: Vec<u8>,
    }

    let value = Placed {
        len: Auto::new(),
        count: Auto::new(),
        n: 3,
        tag: None,
        out: String::new(),
        name: "a".into(),
        list: vec![1, 2],
    };
    assert_eq!(value.to_vec().unwrap(), b"\x01\x23@a\0\0\0\0\x01\x02");
    is(&value, "{\"n\": 3, \"tag\": null, \"out\": \"\", \"name\": \"a\", \"list\": \"0x0102\"}");
}

/// An associated constant of an enum is not the name of a variant, so only Rust can compare it.
#[test]
fn an_enum_compared_with_its_constant() {
    #[derive(Frame, Debug, Clone, Copy, PartialEq)]
    #[frame(tag = u8)]
    #[allow(non_camel_case_types)]
    enum Mark {
        Intel = 1,
        Motorola = 2,
        r#type = 3,
    }
    impl Mark {
        const NATIVE: Self = Self::Intel;
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Native {
        mark: Mark,
        #[wire(order = if mark == Mark::NATIVE { framewright::Order::Little } else { framewright::Order::Big })]
        n: u32,
        #[when(mark == Mark::NATIVE)]
        native: Option<u8>,
        #[when(mark != Mark::r#type)]
        known: Option<u8>,
        #[when(mark == Mark::NATIVE)]
        #[calc(u8::try_from(n.count_ones()).unwrap_or(0))]
        ones: Auto<u8>,
    }
    let bytes = [1, 1, 0, 0, 0, 5, 6, 1];
    let json = r#"{"mark": "Intel", "n": 1, "native": 5, "known": 6, "ones": 1}"#;
    assert_eq!(from_json::<Native>(json).unwrap(), bytes);
    let json = r#"{"mark": "type", "n": 1, "native": null, "known": null}"#;
    assert_eq!(from_json::<Native>(json).unwrap(), [3, 0, 0, 0, 1]);
    for sample in framewright::testing::samples::<Native>(3, 20) {
        let json = to_json(&sample).unwrap();
        assert_eq!(from_json::<Native>(&json).unwrap(), sample.to_vec().unwrap(), "{json}");
    }
    let damaged = framewright::view::dump_bytes::<Native>(&bytes[..6]).to_string();
    assert!(!damaged.contains(" known "), "{damaged}");
}

/// Checks that drafting knows what showing knows, so that the JSON has no computed field that the
/// schema can evaluate, and is enough to make the same bytes.
#[track_caller]
fn is_enough<T: OwnedFrame + Debug>(value: &T, json: &str) {
    is(value, json);
    for sample in framewright::testing::samples::<T>(3, 20) {
        gives(&to_json(&sample).unwrap(), &sample);
    }
}

#[test]
fn presence_by_a_member_of_a_nested_struct() {
    #[derive(Frame, Debug)]
    struct Flags {
        flag: bool,
        #[len_prefixed(u8)]
        text: String,
    }
    #[derive(Frame, Debug)]
    struct Header {
        flags: Flags,
        count: u8,
    }
    #[derive(Frame, Debug)]
    struct Packet {
        header: Header,
        #[when(header.flags.flag)]
        #[count_of(list)]
        n: Auto<u8>,
        #[pad(header.flags.text.len())]
        pad: Auto,
        #[len(header.count & 3)]
        list: Vec<u8>,
    }
    let packet = |flag| Packet {
        header: Header { flags: Flags { flag, text: "ab".into() }, count: 1 },
        n: Auto::new(),
        pad: Auto::new(),
        list: vec![5],
    };
    assert_eq!(packet(true).to_vec().unwrap(), b"\x01\x02ab\x01\x01\0\0\x05");
    is_enough(
        &packet(true),
        r#"{"header": {"flags": {"flag": true, "text": "ab"}, "count": 1}, "list": "0x05"}"#,
    );
    is_enough(
        &packet(false),
        r#"{"header": {"flags": {"flag": false, "text": "ab"}, "count": 1}, "list": "0x05"}"#,
    );
}

#[test]
fn presence_by_what_is_there() {
    #[derive(Frame, Debug)]
    #[frame(be)]
    struct Packet {
        flags: u8,
        #[when(flags & 1 != 0)]
        a: Option<u8>,
        #[none(7)]
        b: Option<u16>,
        #[presence_of(c)]
        has: Auto<bool>,
        c: Option<u8>,
        #[when(a.is_some() && b.is_none() && c.is_some())]
        #[count_of(list)]
        n: Auto<u8>,
        #[rest]
        list: Vec<u8>,
    }
    let packet = |a: Option<u8>, b, c| Packet {
        flags: a.is_some().into(),
        a,
        b,
        has: Auto::new(),
        c,
        n: Auto::new(),
        list: vec![7],
    };
    assert_eq!(packet(Some(5), None, Some(6)).to_vec().unwrap(), [1, 5, 0, 7, 1, 6, 1, 7]);
    is_enough(&packet(Some(5), None, Some(6)), r#"{"flags": 1, "a": 5, "b": null, "c": 6, "list": "0x07"}"#);
    is_enough(&packet(Some(5), Some(8), None), r#"{"flags": 1, "a": 5, "b": 8, "c": null, "list": "0x07"}"#);
    is_enough(&packet(None, None, Some(6)), r#"{"flags": 0, "a": null, "b": null, "c": 6, "list": "0x07"}"#);
}

#[test]
fn presence_by_a_bool() {
    #[derive(Frame, Debug)]
    struct Packet {
        flag: bool,
        #[when(flag)]
        #[count_of(list)]
        n: Auto<u8>,
        #[rest]
        list: Vec<u8>,
    }
    let packet = |flag| Packet { flag, n: Auto::new(), list: vec![7] };
    is_enough(&packet(true), r#"{"flag": true, "list": "0x07"}"#);
    is_enough(&packet(false), r#"{"flag": false, "list": "0x07"}"#);
}

#[test]
fn presence_by_a_float_or_a_wide_number_that_stands_for_none() {
    #[derive(Frame, Debug)]
    #[frame(be)]
    struct Packet {
        #[none(f32::NAN)]
        x: Option<f32>,
        #[none(u128::MAX)]
        id: Option<u128>,
        #[when(x.is_some())]
        #[count_of(list)]
        n: Auto<u8>,
        #[when(id.is_some())]
        #[count_of(list)]
        m: Auto<u8>,
        #[rest]
        list: Vec<u8>,
    }
    let packet = |x, id| Packet { x, id, n: Auto::new(), m: Auto::new(), list: vec![1] };
    is_enough(&packet(Some(1.5), Some(5)), r#"{"x": 1.5, "id": 5, "list": "0x01"}"#);
    is_enough(&packet(Some(1.0), None), r#"{"x": 1.0, "id": null, "list": "0x01"}"#);
    is_enough(&packet(None, Some(0)), r#"{"x": null, "id": 0, "list": "0x01"}"#);
    is_enough(&packet(None, None), r#"{"x": null, "id": null, "list": "0x01"}"#);
}

#[test]
fn presence_by_a_number_of_128_bits() {
    #[derive(Frame, Debug)]
    #[frame(be)]
    struct Header {
        id: u128,
    }
    #[derive(Frame, Debug)]
    #[frame(be)]
    struct Packet {
        id: u128,
        header: Header,
        #[when(id > 5)]
        #[count_of(list)]
        n: Auto<u8>,
        #[when(header.id > 5)]
        #[count_of(list)]
        m: Auto<u8>,
        #[rest]
        list: Vec<u8>,
    }
    let packet = |id, inner| Packet {
        id,
        header: Header { id: inner },
        n: Auto::new(),
        m: Auto::new(),
        list: vec![1, 7],
    };
    let most = u128::MAX;
    let json = format!("{{\n  \"id\": \"{most}\",\n  \"header\": {{\"id\": 1}},\n  \"list\": \"0x0107\"\n}}");
    is_enough(&packet(most, 1), &json);
    let json = format!("{{\n  \"id\": 1,\n  \"header\": {{\"id\": \"{most}\"}},\n  \"list\": \"0x0107\"\n}}");
    is_enough(&packet(1, most), &json);
}
