//! Declarations for which earlier versions generated wrong code, found by `runtime/random`.
#![cfg(feature = "testing")]

use crate::by_json::laws;
use framewright::prelude::*;

/// Checks that the value encodes to exactly these bytes, and that it satisfies `testing::laws`.
#[track_caller]
fn exactly<T: OwnedFrame + PartialEq + std::fmt::Debug>(value: T, bytes: &[u8]) {
    assert_eq!(value.to_vec().unwrap(), bytes);
    laws([value]);
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8)]
enum Raw {
    #[tag(1)]
    Fields {
        #[len_of(r#type..)]
        len: Auto<u8>,
        #[count_of(r#type)]
        count: Auto<u8>,
        r#type: Vec<u16>,
        #[rest]
        r#match: Vec<u8>,
    },
    #[tag(2)]
    #[allow(non_camel_case_types)]
    r#type,
}

#[test]
fn raw_identifiers_may_be_named_in_words() {
    let fields = Raw::Fields { len: Auto::new(), count: Auto::new(), r#type: vec![5], r#match: vec![9] };
    exactly(fields, &[1, 3, 1, 0, 5, 9]);
    exactly(Raw::r#type, &[2]);
    #[cfg(feature = "json")]
    assert_eq!(framewright::json::to_json(&Raw::r#type).unwrap(), r#""type""#);
}

#[derive(Frame, Debug, PartialEq)]
#[frame(tag = u8)]
enum Either {
    #[tag(b'Z' | b'z')]
    Zip(u8),
}

#[test]
fn a_tag_need_not_be_kept() {
    exactly(Either::Zip(7), b"Z\x07");
    assert_eq!(Either::decode(b"z\x07").unwrap(), Either::Zip(7));
}

#[derive(Frame, Debug, PartialEq)]
struct Items {
    #[until(-1)]
    signed: Vec<i8>,
    #[until(true)]
    flags: Vec<bool>,
    #[until(b"\xff")]
    delimited: Vec<i8>,
}

#[test]
fn lists_of_single_bytes_end_with_an_item() {
    let items = Items { signed: vec![1, 0], flags: vec![false], delimited: vec![5] };
    exactly(items, &[1, 0, 0xff, 0, 1, 5, 0xff]);
    assert!(Items { signed: vec![-1], flags: vec![], delimited: vec![] }.to_vec().is_err());
}

#[derive(Frame, Debug, PartialEq)]
struct OptionalInside {
    #[len_of(..=more)]
    len: Auto<u8>,
    #[optional]
    more: Option<u8>,
    #[rest]
    body: Vec<u8>,
}

#[test]
fn an_optional_field_is_present_if_its_extent_has_bytes() {
    exactly(OptionalInside { len: Auto::new(), more: None, body: vec![7, 8] }, &[1, 7, 8]);
    exactly(OptionalInside { len: Auto::new(), more: Some(9), body: vec![7] }, &[2, 9, 7]);
}

#[test]
fn a_varint_counts_a_range_that_ends_between_a_length_and_its_field() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Plain {
        #[len_of(a..=b)]
        #[wire(varint)]
        r: Auto<u32>,
        a: u8,
        #[len_of(src)]
        b: Auto<u64>,
        src: Vec<u8>,
    }
    let plain = Plain { r: Auto::new(), a: 7, b: Auto::new(), src: vec![1, 2] };
    exactly(plain, &[9, 7, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2]);

    // Here the inner length is a varint as well.
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Both {
        #[len_of(a..=b)]
        #[wire(varint)]
        r: Auto<u32>,
        a: u8,
        #[len_of(src)]
        #[wire(varint)]
        b: Auto<u64>,
        src: Vec<u8>,
    }
    let both = Both { r: Auto::new(), a: 7, b: Auto::new(), src: vec![9; 130] };
    assert_eq!(both.to_vec().unwrap()[..4], [3, 7, 0x82, 1]);
    laws([both]);

    // The padding depends on the position in the frame, so the size of the range depends on the
    // size of the length field itself.
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Aligned {
        #[len_of(a..=b)]
        #[wire(varint)]
        r: Auto<u32>,
        a: u8,
        #[align(4)]
        pad: Auto,
        #[len_of(src)]
        #[wire(varint)]
        b: Auto<u64>,
        src: Vec<u8>,
    }
    let aligned = Aligned { r: Auto::new(), a: 7, pad: Auto::new(), b: Auto::new(), src: vec![9; 3] };
    exactly(aligned, &[4, 7, 0, 0, 3, 9, 9, 9]);

    // An expression outside of the range uses a bit field inside the range.
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Asked {
        #[len_of(a..=gap)]
        #[wire(varint)]
        r: Auto<u32>,
        #[bits(4)]
        a: u8,
        #[count_of(list)]
        #[bits(4)]
        b: Auto<u64>,
        #[align(4)]
        gap: Auto,
        #[when(b > 1)]
        more: Option<u16>,
        list: Vec<u8>,
        #[pad(b)]
        pad: Auto,
    }
    let asked = Asked {
        r: Auto::new(),
        a: 7,
        b: Auto::new(),
        gap: Auto::new(),
        more: Some(5),
        list: vec![8, 9],
        pad: Auto::new(),
    };
    exactly(asked, &[3, 0x72, 0, 0, 0, 5, 8, 9, 0, 0]);
}

/// Checks an optional field inside the range of a length, and another optional field after the
/// range.
#[test]
fn optional_fields_within_a_length_and_behind() {
    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be)]
    struct Both {
        #[len_of(inside..=inside)]
        len: Auto<u8>,
        #[optional]
        inside: Option<u8>,
        #[optional]
        behind: Option<u8>,
    }
    let both = |inside, behind| Both { len: Auto::new(), inside, behind };
    assert_eq!(both(Some(7), None).to_vec().unwrap(), [1, 7]);
    assert_eq!(both(None, Some(9)).to_vec().unwrap(), [0, 9]);
    framewright::testing::laws([
        both(None, None),
        both(Some(1), None),
        both(None, Some(2)),
        both(Some(3), Some(4)),
    ]);
}

/// Checks two consecutive variable-length length fields, followed by the content of the first and
/// of the second.
#[test]
fn consecutive_variable_length_length_fields() {
    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, len_prefixed(varint))]
    struct Both {
        #[len_of(a..b)]
        #[wire(varint)]
        first: Auto<u32>,
        #[len_of(b..)]
        #[wire(varint)]
        second: Auto<u32>,
        a: u8,
        #[len_prefixed(u8)]
        text: String,
        #[rest]
        b: Vec<u8>,
    }

    let both = Both { first: Auto::new(), second: Auto::new(), a: 1, text: "hi".into(), b: vec![9; 130] };
    let bytes = [&[0x89, 0x01, 4, 0x82, 0x01, 1, 2][..], b"hi", &[9; 130]].concat();
    assert_eq!(both.to_vec().unwrap(), bytes);
    assert_eq!(both.encoded_len(), bytes.len());
    assert_eq!(Both::decode(&bytes).unwrap(), both);
}

#[derive(Frame, Debug, Clone, PartialEq)]
struct MayEndBefore {
    count: u8,
    #[lead(b":")]
    led: Option<u8>,
    #[count(count)]
    list: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
struct Ends {
    #[lead(b":;")]
    led: Option<u8>,
    last: u8,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Goes {
    #[lead(b":;")]
    led: Option<u8>,
    last: u16,
}

/// The bytes behind a field with `lead` tell whether it is there. Where the type can end before
/// them, the bytes after the type would be taken for the lead.
#[test]
fn a_type_that_may_end_before_its_lead_is_open() {
    const { assert!(MayEndBefore::OPEN && Ends::OPEN) };
    let list =
        |led, list: &[u8]| MayEndBefore { count: list.len().try_into().unwrap(), led, list: list.into() };
    framewright::testing::laws([list(None, b""), list(None, b"ab"), list(Some(1), b""), list(Some(2), b":")]);
    assert!(list(None, b":").to_vec().is_err());
    framewright::testing::laws([Ends { led: None, last: b':' }, Ends { led: Some(1), last: 2 }]);
}

#[test]
fn a_type_that_goes_on_behind_its_lead_is_not_open() {
    #[derive(Frame, Debug, Clone, PartialEq)]
    struct Around {
        inside: Goes,
        behind: u8,
    }
    const { assert!(!Goes::OPEN) };
    let around = |led, last| Around { inside: Goes { led, last }, behind: b';' };
    framewright::testing::laws([around(None, 0x3a3a), around(Some(1), 0x3a3b)]);
}

/// A delimiter that is written longer than it was read may have no room.
#[test]
fn the_first_of_several_delimiters_may_have_no_room() {
    #[derive(Frame, Debug, Clone, PartialEq)]
    struct Line(#[until(b"\r\n" | b"\n")] String);
    #[derive(Frame, Debug, Clone, PartialEq)]
    struct Lines(#[fixed(6, fill = 0)] Vec<Line>);
    let lines = Lines(vec![Line("ab".into()), Line("".into())]);
    assert_eq!(lines.to_vec().unwrap(), b"ab\r\n\r\n");
    assert!(Lines::decode(b"a\nabc\n").unwrap().to_vec().is_err());
    framewright::testing::laws([lines, Lines(vec![Line("abc".into())])]);
}

/// The bytes behind a field with `lead` may be a checksum, which is computed last.
#[test]
fn a_checksum_may_look_like_the_lead() {
    #[derive(Frame, Debug, Clone, PartialEq)]
    struct Summed {
        #[lead(b":")]
        led: Option<u8>,
        #[checksum(framewright::checksum::Sum8, over = last)]
        sum: Auto<u8>,
        last: u8,
    }
    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(tag = u8)]
    enum InVariant {
        #[tag(1)]
        Summed(#[lead(b":")] Option<u8>, #[checksum(framewright::checksum::Sum8, over = ..)] Auto<u8>, u8),
        #[tag(2)]
        Plain(#[lead(b":")] Option<u8>, u8),
    }
    let summed = |led, last| Summed { led, sum: Auto::new(), last };
    assert!(summed(None, b':').to_vec().unwrap_err().to_string().contains("Summed.led"));
    laws([summed(None, 1), summed(Some(1), b':')]);

    let variant = |led, last| InVariant::Summed(led, Auto::new(), last);
    assert!(variant(None, b':' - 1).to_vec().unwrap_err().to_string().contains("InVariant.0"));
    assert!(InVariant::Plain(None, b':').to_vec().is_err());
    laws([variant(None, b':'), variant(Some(2), 3), InVariant::Plain(None, 1)]);
}

/// Constants of several bytes are written in an order that is known only at run time.
#[test]
fn constants_in_either_order() {
    const MAGIC: u32 = 0x1234;
    const SHORT: u16 = 7;
    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(order = order, ctx(order: framewright::Order), magic = MAGIC, tag = bits(3))]
    enum Part {
        #[tag(1)]
        One {
            #[bits(5)]
            a: u8,
            #[magic(SHORT)]
            short: Auto,
            x: u16,
        },
    }
    #[derive(Frame, Debug, Clone, PartialEq)]
    struct Both {
        is_big: bool,
        #[ctx(if is_big { framewright::Order::Big } else { framewright::Order::Little })]
        part: Part,
    }
    let both = |is_big| Both { is_big, part: Part::One { a: 1, short: Auto::new(), x: 2 } };
    exactly(both(true), &[1, 0, 0, 0x12, 0x34, 0x21, 0, 7, 0, 2]);
    exactly(both(false), &[0, 0x34, 0x12, 0, 0, 0x21, 7, 0, 2, 0]);
}

/// A prefix is read in a longer form than it is written, which begins with the lead of an absent field.
#[test]
fn a_shorter_form_that_begins_with_a_lead_is_refused() {
    #[derive(Frame, Debug, Clone, PartialEq)]
    struct Absent {
        #[lead(b"\0\0")]
        first: Option<u8>,
        #[len_prefixed(varint(padded))]
        name: String,
        #[rest]
        last: Vec<u8>,
    }
    let read = Absent::decode(b"\x80\0\0\x01").unwrap();
    assert_eq!(read, Absent { first: None, name: String::new(), last: vec![0, 1] });
    assert!(read.to_vec().unwrap_err().to_string().contains("would be decoded as present"));
    framewright::testing::laws([Absent { first: None, name: "\0".repeat(128), last: vec![0, 1] }]);
    framewright::testing::laws::<Absent>([]);
}

/// Ignored bytes are not written again, so an absent field stands before other bytes than were read.
#[test]
fn bytes_that_begin_with_a_lead_once_ignored_ones_are_gone() {
    #[derive(Frame, Debug, Clone, PartialEq)]
    struct Inner {
        value: u8,
    }
    #[derive(Frame, Debug, Clone, PartialEq)]
    struct Outer {
        #[lead(b"\x01")]
        first: Option<u8>,
        #[len_prefixed(u8, lenient)]
        inner: Inner,
    }
    let read = Outer::decode(b"\x03\x07\0\0").unwrap();
    assert_eq!(read, Outer { first: None, inner: Inner { value: 7 } });
    assert!(read.to_vec().unwrap_err().to_string().contains("would be decoded as present"));
    framewright::testing::laws([Outer { first: Some(7), inner: Inner { value: 7 } }]);
}
