//! Tests of wire types, text, bit fields, and words for items.

use super::{Be, Units, both, text};
use framewright::prelude::*;

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Numbers {
    #[wire(u24)]
    three: u32,
    #[wire(u40)]
    five: u64,
    #[wire(u48)]
    six: u64,
    #[wire(u56)]
    seven: u64,
    #[wire(i24)]
    signed: i32,
    #[wire(i40)]
    i5: i64,
    #[wire(i48)]
    i6: i64,
    #[wire(i56)]
    i7: i64,
    #[wire(le)]
    little: u16,
    #[wire(u24, le)]
    little_three: u32,
    #[wire(varint)]
    varint: u64,
    #[wire(varint(max = 4))]
    bounded: u32,
    #[wire(mqtt)]
    mqtt: u32,
    #[wire(varint(padded))]
    padded: u32,
    #[wire(zigzag)]
    zigzag: i32,
    #[wire(quic)]
    quic: u64,
    #[wire(u24)]
    list: [u32; 2],
    #[wire(u16)]
    size: usize,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Digits {
    #[wire(bcd(2))]
    year: u16,
    #[wire(bcd(2, fill = 0xf))]
    short: u16,
    #[wire(bcd(2))]
    digits: String,
    #[wire(bcd(2, swapped, fill = 0xf))]
    imsi: String,
    #[wire(dec)]
    #[until(b" ")]
    dec: i16,
    #[wire(dec)]
    #[fixed(3)]
    fixed: u16,
    #[wire(hex)]
    #[until(b"\r\n")]
    hex: u32,
    #[wire(hex(lower))]
    #[fixed(4)]
    lower: u16,
    #[wire(hex(lower))]
    #[len_prefixed(u8)]
    prefixed: u16,
    width: u8,
    #[wire(bytes(width))]
    bytes: u32,
    #[wire(bytes(width), le)]
    of_order: u16,
}

/// A user-defined type around a number of seconds.
#[derive(Debug, PartialEq, Clone)]
struct Timestamp(u64);

impl From<u32> for Timestamp {
    fn from(seconds: u32) -> Self {
        Self(seconds.into())
    }
}

impl TryFrom<Timestamp> for u32 {
    type Error = std::num::TryFromIntError;

    fn try_from(time: Timestamp) -> Result<Self, Self::Error> {
        time.0.try_into()
    }
}

impl From<Be> for Timestamp {
    fn from(be: Be) -> Self {
        Self(be.0.into())
    }
}

impl TryFrom<Timestamp> for Be {
    type Error = std::num::TryFromIntError;

    fn try_from(time: Timestamp) -> Result<Self, Self::Error> {
        time.0.try_into().map(Self)
    }
}

#[derive(Debug, PartialEq, Clone, Copy)]
struct Level(u8);

impl From<u8> for Level {
    fn from(level: u8) -> Self {
        Self(level)
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.0
    }
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Masked(#[rest] Vec<u8>);

impl From<String> for Masked {
    fn from(text: String) -> Self {
        Self(text.bytes().map(|byte| !byte).collect())
    }
}

impl TryFrom<Masked> for String {
    type Error = std::string::FromUtf8Error;

    fn try_from(masked: Masked) -> Result<Self, Self::Error> {
        Self::from_utf8(masked.0.into_iter().map(|byte| !byte).collect())
    }
}

impl From<&Vec<u8>> for Masked {
    fn from(bytes: &Vec<u8>) -> Self {
        Self(bytes.iter().map(|byte| !byte).collect())
    }
}

impl From<Vec<u8>> for Masked {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(&bytes)
    }
}

impl From<Masked> for Vec<u8> {
    fn from(masked: Masked) -> Self {
        masked.0.into_iter().map(|byte| !byte).collect()
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Converted {
    #[wire(u32)]
    time: Timestamp,
    #[wire(Be)]
    short: Timestamp,
    #[count_prefixed(u8)]
    #[wire(Be)]
    times: Vec<Timestamp>,
    #[wire(Be)]
    two: [Timestamp; 2],
    #[len_prefixed(u16)]
    #[wire(Masked)]
    text: String,
    #[len_prefixed(Units)]
    #[wire(Masked, whole)]
    whole: Vec<u8>,
    #[len_prefixed(u8)]
    #[wire(Masked, whole, by_ref)]
    by_ref: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(le)]
struct Texts {
    #[text(ascii)]
    #[until(0)]
    ascii: String,
    #[text(latin1)]
    #[len_prefixed(u8)]
    latin1: String,
    #[text(utf16)]
    #[len_prefixed(u8)]
    utf16: String,
    #[text(utf16be)]
    #[until(0)]
    be: String,
    #[text(utf16le)]
    #[fixed(4)]
    le: String,
}

#[derive(Frame, Debug, PartialEq, Clone, Copy)]
enum Kind {
    One = 1,
    Two = 2,
}

const WIDTH: u32 = 6;

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Bits {
    #[bits(1)]
    flag: bool,
    #[bits(2)]
    kind: Kind,
    #[bits(4, as = u8)]
    level: Level,
    #[bits(1)]
    #[pad]
    reserved: Auto,
    #[bits(WIDTH + 4)]
    number: u16,
    #[bits(3)]
    pair: [u8; 2],
    #[bits(4)]
    signed: i8,
    #[bits(4)]
    #[magic(0xa)]
    constant: Auto<u8>,
    #[bits(4)]
    #[wire(u16)]
    again: u8,
    #[bits(12)]
    low: u16,
    #[count(2)]
    #[each(bits(12))]
    counted: Vec<u16>,
    #[len_prefixed(u8)]
    #[each(bits(4))]
    filling: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, ctx(width: u8))]
struct Cell(#[len(width)] Vec<u8>);

#[derive(Frame, Debug, PartialEq, Clone)]
enum Choice {
    #[tag(1)]
    One(u8),
    #[tag(_)]
    Other(u8),
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Each {
    width: u8,
    kind: u8,
    #[count_prefixed(u8)]
    #[each(len_prefixed(u8))]
    names: Vec<String>,
    #[count(2)]
    #[each(ctx(width))]
    cells: Vec<Cell>,
    #[count(1)]
    #[ctx(width)]
    same: Vec<Cell>,
    #[count(2)]
    #[each(tag(kind))]
    choices: Vec<Choice>,
    #[count(1)]
    #[tag(kind)]
    chosen: Vec<Choice>,
    #[count(2)]
    #[each(len(width))]
    rows: Vec<Vec<u8>>,
    #[count_prefixed(u8)]
    sizes: Vec<u8>,
    #[each(size in sizes, len(size))]
    blobs: Vec<Vec<u8>>,
    #[count(1)]
    #[each(wire(u24))]
    wide: Vec<u32>,
    #[count(1)]
    #[each(until(0))]
    zero: Vec<String>,
    #[count(1)]
    #[each(count_prefixed(u8), each(len_prefixed(u8)))]
    lists: Vec<Vec<String>>,
}

#[test]
fn numbers() {
    let numbers = Numbers {
        three: 1,
        five: 2,
        six: 3,
        seven: 4,
        signed: -1,
        i5: -2,
        i6: -3,
        i7: -4,
        little: 5,
        little_three: 6,
        varint: 300,
        bounded: 7,
        mqtt: 321,
        padded: 8,
        zigzag: -1,
        quic: 15_293,
        list: [1, 2],
        size: 9,
    };
    both(
        numbers,
        b"\0\0\x01\0\0\0\0\x02\0\0\0\0\0\x03\0\0\0\0\0\0\x04\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xfd\
        \xff\xff\xff\xff\xff\xff\xfc\x05\0\x06\0\0\xac\x02\x07\xc1\x02\x08\x01\x7b\xbd\0\0\x01\0\0\x02\0\x09",
    );
}

#[test]
fn digits() {
    let digits = Digits {
        year: 2026,
        short: 123,
        digits: text("0123"),
        imsi: text("123"),
        dec: -70,
        fixed: 7,
        hex: 0xab,
        lower: 0xcd,
        prefixed: 0xef,
        width: 2,
        bytes: 0x102,
        of_order: 3,
    };
    both(digits, b"\x20\x26\x12\x3f\x01\x23\x21\xf3-70 007AB\r\n00cd\x02ef\x02\x01\x02\x03\0");
}

#[test]
fn converted_values() {
    let converted = Converted {
        time: Timestamp(1),
        short: Timestamp(2),
        times: vec![Timestamp(3)],
        two: [Timestamp(4), Timestamp(5)],
        text: text("a"),
        whole: vec![0, 1],
        by_ref: vec![2],
    };
    both(converted, b"\0\0\0\x01\0\x02\x01\0\x03\0\x04\0\x05\0\x01\x9e\x01\xff\xfe\x01\xfd");
    let texts =
        Texts { ascii: text("a"), latin1: text("\u{e9}"), utf16: text("b"), be: text("c"), le: text("d") };
    both(texts, b"a\0\x01\xe9\x02b\0\0c\0\0d\0\0\0");
}

#[test]
fn bit_fields() {
    let bits = Bits {
        flag: true,
        kind: Kind::Two,
        level: Level(3),
        reserved: Auto::new(),
        number: 0x201,
        pair: [1, 2],
        signed: -1,
        constant: Auto::new(),
        again: 1,
        low: 0x234,
        counted: vec![0xabc, 0xdef],
        filling: vec![1, 2],
    };
    both(bits, b"\xc6\x80\x4a\xfa\x12\x34\xab\xcd\xef\x01\x12");
}

#[test]
fn words_of_items() {
    let each = Each {
        width: 2,
        kind: 1,
        names: vec![text("a"), text("")],
        cells: vec![Cell(vec![1, 2]), Cell(vec![3, 4])],
        same: vec![Cell(vec![5, 6])],
        choices: vec![Choice::One(7), Choice::One(8)],
        chosen: vec![Choice::One(9)],
        rows: vec![vec![1, 2], vec![3, 4]],
        sizes: vec![1, 0],
        blobs: vec![vec![5], vec![]],
        wide: vec![6],
        zero: vec![text("z")],
        lists: vec![vec![text("b")]],
    };
    both(
        each,
        b"\x02\x01\x02\x01a\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x01\x02\x03\x04\x02\x01\0\x05\0\0\x06z\0\x01\x01b",
    );
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Odds {
    #[wire(u24)]
    unsigned: u32,
    #[wire(i24)]
    signed: i32,
    #[wire(i56, le)]
    wide: i64,
    #[wire(u40)]
    wider_type: u128,
    #[wire(i24)]
    wider_signed: i128,
}

#[test]
fn numbers_of_odd_widths_are_refused_from_the_first_that_does_not_fit() {
    let zero = Odds { unsigned: 0, signed: 0, wide: 0, wider_type: 0, wider_signed: 0 };
    let holds = |value: Odds| {
        let bytes = value.to_vec().unwrap();
        assert_eq!(Odds::decode(&bytes).unwrap(), value);
    };
    for unsigned in [1, 0x80_0000, 0xff_ffff] {
        holds(Odds { unsigned, ..zero.clone() });
    }
    for signed in [-1, -0x80_0000, 0x7f_ffff] {
        holds(Odds { signed, wider_signed: signed.into(), ..zero.clone() });
    }
    for wide in [-1, -(1 << 55), (1 << 55) - 1] {
        holds(Odds { wide, ..zero.clone() });
    }
    holds(Odds { wider_type: (1 << 40) - 1, ..zero.clone() });

    let refused = |value: Odds, path: &str| {
        let error = value.to_vec().unwrap_err();
        assert!(error.to_string().starts_with(path), "{error}");
    };
    for unsigned in [0x100_0000, u32::MAX] {
        refused(Odds { unsigned, ..zero.clone() }, "Odds.unsigned");
    }
    for signed in [0x80_0000, -0x80_0001, i32::MIN, i32::MAX] {
        refused(Odds { signed, ..zero.clone() }, "Odds.signed");
        refused(Odds { wider_signed: signed.into(), ..zero.clone() }, "Odds.wider_signed");
    }
    for wide in [1 << 55, -(1 << 55) - 1, i64::MIN, i64::MAX] {
        refused(Odds { wide, ..zero.clone() }, "Odds.wide");
    }
    for wider_type in [1 << 40, u128::MAX] {
        refused(Odds { wider_type, ..zero.clone() }, "Odds.wider_type");
    }
}
