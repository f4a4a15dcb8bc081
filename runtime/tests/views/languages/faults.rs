//! Frames with a single fault, which all languages must find at the same field and offset.

use framewright::prelude::*;

use super::agree::{agree_where, agree_where_too_large};

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
