//! Frames with a single fault, which all languages must find at the same field and offset.

use framewright::prelude::*;

use serde_json::json;

use super::agree::{agree_where, agree_where_refused, agree_where_too_large};

/// Declares types, and a test with malformed bytes of each.
macro_rules! faults {
    ($($(#[$attribute:meta])* $name:ident { $($fields:tt)* } [$($bytes:expr),*];)*) => {
        $(
            #[derive(Frame, Debug, Clone, PartialEq)]
            $(#[$attribute])*
            struct $name { $($fields)* }
        )*

        #[test]
        fn an_overflow_is_an_error_of_the_field_that_has_the_expression() {
            $(agree_where::<$name>(&[$($bytes),*]);)*
        }
    };
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(check(n / d > 0, "a quotient"))]
struct Quotient {
    n: u8,
    d: u8,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(tag = u8)]
enum Variants {
    #[tag(1)]
    #[check(n / d > 0, "a quotient")]
    Quotient { n: u8, d: u8 },
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(ctx(n: u8))]
struct WithContext {
    #[when(n > 2)]
    z: Option<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(ctx(a: u8))]
struct Handed {
    k: u8,
    #[when(a > 4)]
    z: Option<u8>,
}

faults! {
    #[frame(check(n / d > 0, "a quotient"))]
    OfType { n: u8, d: u8 } [b"\x01\0", b"\0\x01"];
    OfField { a: u8, #[check(n / a > 0, "a quotient")] n: u8, d: u8 } [b"\0\x01\x02"];
    OfBits { n: u8, #[bits(4)] #[check(n / a > 0, "a quotient")] a: u8, #[bits(4)] b: u8, z: u8 } [b"\x02\x04\0"];
    #[frame(check(n / b > 0, "a quotient"))]
    OfTypeBehindBits { n: u8, #[bits(4)] a: u8, #[bits(4)] b: u8 } [b"\x02\x40"];
    OfCalc { n: u8, #[calc(n * 2, verify)] c: Auto<u8>, z: u8 } [b"\xff\x01\x02"];
    OfCalcInBits { n: u8, #[bits(4)] #[calc(n - 3, verify)] a: Auto<u8>, #[bits(4)] b: u8, z: u8 } [b"\x02\x04\0"];
    OfOptionalCalc { n: u8, #[when(n > 1)] #[calc(n - 3, verify)] a: Auto<u8>, z: u8 } [b"\x02\x04\0"];
    #[frame(check(n / z > 0, "a quotient"))]
    BehindCalc { n: u8, #[calc(n * 2, verify)] c: Auto<u8>, z: u8 } [b"\x02\x04\0"];
    #[frame(check(n / 2 < 200, "a small quotient"))]
    BeforeCalc { n: u8, #[calc(n * 2, verify)] c: Auto<u8>, z: u8 } [b"\xff\x04\x01"];
    OfWhen { n: u8, #[when(n * 2 > 3)] c: Option<u8>, z: u8 } [b"\xff\x01\x02"];
    OfLen { n: u8, #[len(n * 2)] c: Vec<u8>, z: u8 } [b"\xff\x01\x02"];
    OfCount { n: u8, x: u8, #[count(n - 2)] c: Vec<u8>, z: u8 } [b"\x01\x01\x02"];
    OfPad { n: u8, x: u8, #[pad(n - 3)] p: Auto<()>, c: u8 } [b"\x01\0\0"];
    OfContext { n: u8, x: u8, #[ctx(n - 3)] c: WithContext } [b"\x01\0\0"];
    OfLast { a: u8, #[until(|b| 200 / b > 100)] c: Vec<u8>, z: u8 } [b"\x01\x09\x02\0\x01\x01"];
    #[frame(be)]
    OfLastNumber { a: u8, #[until(|b| 200 / b > 100)] c: Vec<i16>, z: u8 } [b"\x01\0\x09\xff\x38\0\0\x01\x01"];
    OfLastFrame { a: u8, #[until(|item| item.d - 1 > 5)] c: Vec<Quotient>, z: u8 } [b"\x01\x05\x01\x03\x02\x01\0\x03"];
    OfLastWithContext { a: u8, #[until(|item| item.k * 2 > 5)] #[ctx(a)] c: Vec<Handed>, z: u8 } [b"\x01\x02\x01\x01\x80\x01"];
    OfLastInList { a: u8, #[count_prefixed(u8)] #[each(until(|b| b + 1 > 9))] c: Vec<Vec<u8>>, z: u8 } [b"\x01\x02\x09\x02\xff\x01"];
    Nested { n: u8, x: u8, i: Quotient, z: u8 } [b"\x01\x01\x01\0\x01"];
    NestedEnum { n: u8, x: u8, i: Variants, z: u8 } [b"\x01\x01\x01\x01\0\x01"];
    Listed { n: u8, #[count_prefixed(u8)] i: Vec<Quotient>, z: u8 } [b"\x01\x02\x01\x01\x01\0\x01"];
    #[frame(len_prefixed(u8), check(n / d > 0, "a quotient"))]
    Enclosed { n: u8, d: u8 } [b"\x02\x01\0"];
    #[frame(max = 20, check(n / d > 0, "a quotient"))]
    Limited { n: u8, d: u8 } [b"\x01\0"];
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Widths {
    a: u64,
    b: i64,
    c: u8,
    d: u128,
    e: bool,
    f: i32,
    g: u16,
    #[bits(4)]
    h: u8,
    #[bits(12)]
    i: i16,
    #[len_of(j)]
    len: Auto<u16>,
    x: u8,
    y: i16,
    j: Vec<Short>,
    k: Short,
    z: u8,
    q: [u16; 2],
    #[count_prefixed(u8)]
    l: Vec<u32>,
    m: (u8, u16),
    #[wire(varint)]
    n: u64,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Short {
    a: u8,
    b: i16,
}

#[test]
fn a_number_that_is_too_large_is_an_error_where_its_field_is() {
    let mut bytes: Vec<u8> = (0..17).collect();
    bytes.extend([0; 15]);
    bytes.extend([1, 1, 0, 0, 0, 9, 0, 7, 0x12, 0x34, 0, 6, 2, 0, 3]);
    bytes.extend([1, 0, 2, 3, 0, 4, 5, 0, 6, 7, 0, 8, 0, 9, 1, 0, 0, 0, 8, 3, 0, 4, 5]);
    agree_where_too_large::<Widths>(&[&bytes]);
}

/// Declares types, and a test with values of each that cannot be encoded: a valid value, and fields
/// that make it another one.
macro_rules! refused {
    ($($(#[$attribute:meta])* $name:ident { $($fields:tt)* } $valid:expr, { $($field:ident: $value:expr),* } $set:expr;)*) => {
        $(
            #[derive(Frame, Debug, Clone, PartialEq)]
            $(#[$attribute])*
            struct $name { $($fields)* }
        )*

        #[test]
        fn values_are_refused_at_the_field_that_rust_names() {
            $(
                let valid = $name::decode($valid).unwrap();
                let value = $name { $($field: $value,)* ..valid.clone() };
                agree_where_refused(&valid, &value, $set);
            )*
        }
    };
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(tag = u8)]
enum Kept {
    #[tag(1..=9)]
    Range(#[tag] u8, u8),
    #[tag(_)]
    Other(#[tag] u8, u8),
}

#[derive(Frame, Debug, Clone, PartialEq)]
enum Outside {
    #[tag(1..=9)]
    Range(#[tag] u8, u8),
    #[tag(_)]
    Other(#[tag] u8, u8),
}

#[derive(Frame, Debug, Clone, PartialEq)]
struct Tail {
    #[rest]
    bytes: Vec<u8>,
}

refused! {
    EmptyBehindLeft { #[until(b":", left)] a: Vec<u8>, c: u8, #[optional] o: Option<Tail> }
        b"x:ab", { o: Some(Tail { bytes: vec![] }) } json!({"o.bytes": ""});
    TagInFront { a: u8, #[tag_of(e)] t: Auto<u8>, z: u8, e: Outside }
        b"\x01\x02\x03\x04", { e: Outside::Range(10, 6) } json!({"e._0": 10});
    TagOfOther { a: u8, e: Kept, z: u8 }
        b"\x01\x02\x03\x04", { e: Kept::Range(10, 6) } json!({"e._0": 10});
    TagsInList { a: u8, #[rest] e: Vec<Kept> }
        b"\x01\x02\x03", { e: vec![Kept::Range(10, 6)] } json!({"e.0._0": 10});
    LeftBehind { #[until(b":" | b"/", left)] a: Vec<u8>, #[rest] s: Vec<u8> }
        b"a:", { s: b"x:".to_vec() } json!({"s": "783a"});
    LeftWithin { #[until(b":" | b"/", left)] a: Vec<u8>, #[rest] s: Vec<u8> }
        b"a:", { a: b"x:y".to_vec() } json!({"a": "783a79"});
    #[frame(until(b"\n" | b"\r\n"))]
    EndOfFrame { a: u8, #[rest] b: Vec<u8> } b"a\n", { b: b"b\r".to_vec() } json!({"b": "620d"});
    #[frame(until(b"\n"))]
    InFrame { a: u8, #[rest] b: Vec<u8> } b"a\n", { b: b"b\nc".to_vec() } json!({"b": "620a63"});
    CalcOverflows { n: u8, #[calc(n * 2, verify)] c: Auto<u8>, z: u8 } b"\x01\x02\x03", { n: 200 } json!({"n": 200});
    CalcOfLen { #[len_of(d)] n: Auto<u8>, #[calc(n * 2, verify)] c: Auto<u8>, d: Vec<u8> } b"\x01\x02\x03", { d: vec![0; 200] } json!({"d": "00".repeat(200)});
    #[frame(check(n / d > 0, "a quotient"))]
    Check { n: u8, d: u8 } b"\x01\x01", { d: 0 } json!({"d": 0});
    #[frame(check(n > d, "a quotient"))]
    CheckFails { n: u8, d: u8 } b"\x01\0", { d: 2 } json!({"d": 2});
    FieldCheck { #[check(n / 2 > 3, "large")] n: u8, d: u8 } b"\x08\x01", { n: 0 } json!({"n": 0});
    LenIsNone { #[len_of(d, none = 255)] l: Auto<u8>, d: Option<Vec<u8>>, z: u8 } b"\x01\x02\x03", { d: Some(vec![0; 255]) } json!({"d": "00".repeat(255)});
    LenTooLong { #[len_of(d)] l: Auto<u8>, d: Vec<u8>, z: u8 } b"\x01\x02\x03", { d: vec![0; 256] } json!({"d": "00".repeat(256)});
    LenAtMost { #[len_of(d, max = 4)] l: Auto<u8>, d: Vec<u8>, z: u8 } b"\x01\x02\x03", { d: vec![0; 5] } json!({"d": "00".repeat(5)});
    CountTooLong { #[count_of(d)] l: Auto<u8>, d: Vec<u8>, z: u8 } b"\x01\x02\x03", { d: vec![0; 256] } json!({"d": "00".repeat(256)});
    PrefixTooLong { #[len_prefixed(u8)] d: Vec<u8>, z: u8 } b"\x01\x02\x03", { d: vec![0; 256] } json!({"d": "00".repeat(256)});
    PrefixAtMost { #[len_prefixed(u8, max = 4)] d: Vec<u8>, z: u8 } b"\x01\x02\x03", { d: vec![0; 5] } json!({"d": "00".repeat(5)});
    PrefixIsNone { #[len_prefixed(u8, none = 3)] d: Option<Vec<u8>>, z: u8 } b"\x01\x02\x03", { d: Some(vec![0; 3]) } json!({"d": "00".repeat(3)});
    LenByTwo { #[len_of(d, scale = 2)] l: Auto<u8>, d: Vec<u8>, z: u8 } b"\0\x03", { d: vec![0; 3] } json!({"d": "00".repeat(3)});
    Sentinel { a: u8, #[none(255)] n: Option<u8>, z: u8 } b"\x01\x02\x03", { n: Some(255) } json!({"n": 255});
    FloatSentinel { a: u8, #[wire(be)] #[none(0.0)] n: Option<f32>, z: u8 } b"\x01\x3f\x80\0\0\x03", { n: Some(0.0) } json!({"n": 0.0});
    BitSentinel { a: u8, #[bits(4)] #[none(15)] n: Option<u8>, #[bits(4)] m: u8, z: u8 } b"\x01\x02\x03", { n: Some(15) } json!({"n": 15});
    BitsTooLarge { a: u8, #[bits(4)] n: u8, #[bits(4)] m: u8, z: u8 } b"\x01\x02\x03", { n: 16 } json!({"n": 16});
    SecondBitsTooLarge { a: u8, #[bits(4)] n: u8, #[bits(4)] m: u8, z: u8 } b"\x01\x02\x03", { m: 16 } json!({"m": 16});
    SecondBitSentinel { #[bits(2)] n: u8, #[bits(6)] #[none(15)] m: Option<u8>, z: u8 } b"\x01\x02", { m: Some(15) } json!({"m": 15});
    LateBits { #[bits(2)] n: u8, #[bits(6)] #[len_of(d)] m: Auto<u8>, z: u8, d: Vec<u8> } b"\x00\x02", { d: vec![0; 64] } json!({"d": "00".repeat(64)});
    BitsBehindLate { #[bits(2)] #[len_of(d)] n: Auto<u8>, #[bits(6)] m: u8, z: u8, d: Vec<u8> } b"\x00\x02", { m: 64 } json!({"m": 64});
    BitsBeforeLate { #[bits(2)] m: u8, #[bits(6)] #[len_of(d)] n: Auto<u8>, z: u8, d: Vec<u8> } b"\x00\x02", { m: 64 } json!({"m": 64});
    WhenOverflows { k: u8, #[when(k * 2 > 3)] n: Option<u8>, z: u8 } b"\0\x03", { k: 255 } json!({"k": 255});
    CountIsNone { #[count_of(d, none = 3)] l: Auto<u8>, d: Option<Vec<u8>>, z: u8 } b"\x01\x02\x03", { d: Some(vec![0; 3]) } json!({"d": "00".repeat(3)});
    FieldCheckOverflows { #[check(n - 3 > 3, "large")] n: u8, d: u8 } b"\x08\x01", { n: 0 } json!({"n": 0});
    WhenAbsent { k: u8, #[when(k == 1)] n: Option<u8>, z: u8 } b"\0\x03", { k: 1 } json!({"k": 1});
    LastOverflows { k: u8, #[until(|b| b + 1 > 9)] n: Vec<u8>, z: u8 } b"\0\x01\x09\x03", { n: vec![1, 255, 9] } json!({"n": "01ff09"});
    LastFrameOverflows { k: u8, #[until(|q| q.n * 2 > 9)] n: Vec<Quotient>, z: u8 } b"\0\x01\x01\x09\x01\x03", { n: vec![Quotient { n: 1, d: 1 }, Quotient { n: 200, d: 1 }] } json!({"n.1.n": 200});
    LastEarly { k: u8, #[until(|b| *b > 9)] n: Vec<u8>, z: u8 } b"\0\x01\x0a\x03", { n: vec![1, 10, 10] } json!({"n": "010a0a"});
    LastMissing { k: u8, #[until(|b| *b > 9)] n: Vec<u8>, z: u8 } b"\0\x01\x0a\x03", { n: vec![1, 9] } json!({"n": "0109"});
    SaidLen { k: u8, #[len(k)] n: Vec<u8>, z: u8 } b"\x01\x02\x03", { k: 2 } json!({"k": 2});
    SaidLenOverflows { k: u8, #[len(k * 2)] n: Vec<u8>, z: u8 } b"\0\x02", { k: 200 } json!({"k": 200});
    Fixed { k: u8, #[fixed(2)] n: Vec<u8>, z: u8 } b"\0\x01\x02\x03", { n: vec![0; 3] } json!({"n": "000000"});
    Delimiter { k: u8, #[until(0)] n: Vec<u8>, z: u8 } b"\0\x01\0\x03", { n: vec![0; 3] } json!({"n": "000000"});
    #[frame(max = 3)]
    LimitedToFew { k: u8, #[len_prefixed(u8)] n: Vec<u8> } b"\0\x01\0", { n: vec![0; 3] } json!({"n": "000000"});
    #[frame(len_prefixed(u8))]
    Enclosed2 { k: u8, #[rest] n: Vec<u8> } b"\x01\x01", { n: vec![0; 300] } json!({"n": "00".repeat(300)});
}
