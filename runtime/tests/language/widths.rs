//! Tests of `#[bits(N)]`: bit fields whose width is a constant behave like bit fields whose width
//! is a literal.
#![deny(warnings)]
#![allow(unused_parens, reason = "they are a part of what is tested")]

use framewright::prelude::*;
use framewright::schema::{Bits, Body, Schema, Type};

const N: u32 = 3;
const FLAG: u32 = 1;
const FIVE: u8 = 5;

struct Widths;

impl Widths {
    const LEVEL: u32 = N + 4;
}

fn round<T: OwnedFrame + PartialEq + std::fmt::Debug>(value: &T, bytes: &[u8]) {
    assert_eq!(value.to_vec().unwrap(), bytes);
    assert_eq!(value.encoded_len(), bytes.len());
    assert_eq!(&T::decode(bytes).unwrap(), value);
}

#[derive(Frame, Debug, PartialEq, Clone, Copy)]
#[frame(tag = u8)]
enum Mode {
    Off = 0,
    On = 5,
}

/// Declares each run twice, with constants and with literals.
macro_rules! runs {
    ($($constant:ident $literal:ident $order:ident $bits:ident $bytes:literal;)*) => {
        $(
            #[derive(Frame, Debug, PartialEq)]
            #[frame($order, $bits)]
            struct $constant {
                #[bits(N)]
                mode: Mode,
                #[bits(Widths::LEVEL)]
                level: i8,
                #[bits((FLAG))]
                flag: bool,
                #[bits(8 - N)]
                rest: u8,
            }

            #[derive(Frame, Debug, PartialEq)]
            #[frame($order, $bits)]
            struct $literal {
                #[bits(3)]
                mode: Mode,
                #[bits(7)]
                level: i8,
                #[bits(1)]
                flag: bool,
                #[bits(5)]
                rest: u8,
            }
        )*

        #[test]
        fn in_every_order() {
            $(
                let value = $constant { mode: Mode::On, level: -2, flag: true, rest: 0b10011 };
                let literal = $literal { mode: Mode::On, level: -2, flag: true, rest: 0b10011 };
                round(&value, $bytes);
                round(&literal, $bytes);
                assert_eq!(bits($constant::SCHEMA), bits($literal::SCHEMA));
                let dump = literal.dump().to_string().replace(stringify!($literal), stringify!($constant));
                assert_eq!(value.dump().to_string(), dump);
                assert!($constant { level: 64, ..value }.to_vec().is_err());
                assert!($constant { level: -65, ..value }.to_vec().is_err());
                assert!($constant { rest: 32, ..value }.to_vec().is_err());
                assert!($constant::decode(&[0xff, 0xff]).is_err());
                assert_eq!($constant::MIN_LEN, 2);
                assert_eq!($constant::MAX_LEN, Some(2));
            )*
        }

        #[cfg(feature = "testing")]
        #[test]
        fn laws_in_every_order() {
            $(
                let off = $constant { mode: Mode::Off, level: 63, flag: false, rest: 0 };
                let on = $constant { mode: Mode::On, level: -64, flag: true, rest: 31 };
                framewright::testing::laws([off, on]);
            )*
        }

        #[cfg(feature = "json")]
        #[test]
        fn json_in_every_order() {
            $(
                let value = $constant { mode: Mode::On, level: -2, flag: true, rest: 19 };
                let json = framewright::json::to_json(&value).unwrap();
                assert_eq!(framewright::json::from_json::<$constant>(&json).unwrap(), $bytes, "{json}");
            )*
        }
    };
}

runs! {
    BeMsb BeMsbLiteral be msb b"\xbf\xb3";
    BeLsb BeLsbLiteral be lsb b"\x9f\xf5";
    LeMsb LeMsbLiteral le msb b"\xb3\xbf";
    LeLsb LeLsbLiteral le lsb b"\xf5\x9f";
}

/// Returns the position of each field's bits according to the schema.
fn bits(schema: &Schema) -> Vec<Option<Bits>> {
    let bits_of = |ty| if let Type::Bits(bits) = ty { Some(bits) } else { None };
    match schema.body {
        Body::Struct(fields) => fields.iter().map(|field| bits_of(field.ty)).collect(),
        Body::Enum { .. } => panic!("{}", schema.name),
    }
}

/// `first` fills a byte, so it is a run by itself. `high` to `end` form one run of three bytes,
/// because the macro does not know `N` and cannot split it.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Mixed {
    #[bits(8)]
    first: u8,
    #[bits(N)]
    high: u8,
    #[bits(8 - N)]
    low: u8,
    #[bits(12)]
    wide: u16,
    #[bits(4)]
    end: u8,
    plain: u8,
    #[bits(N * 3 - 1)]
    alone: u8,
    #[bits(N * 8)]
    #[wire(u24)]
    own: u32,
    #[bits(N * 32 + 32)]
    #[wire(u128)]
    widest: u128,
}

#[test]
fn where_runs_begin_and_end() {
    let value = Mixed {
        first: 1,
        high: 5,
        low: 2,
        wide: 0x345,
        end: 6,
        plain: 7,
        alone: 8,
        own: 0x90a0b,
        widest: 1 << 127,
    };
    let mut bytes = b"\x01\xa2\x34\x56\x07\x08\x09\x0a\x0b\x80".to_vec();
    bytes.extend([0; 15]);
    round(&value, &bytes);
    let runs = bits(Mixed::SCHEMA).into_iter().map(|bits| bits.map_or(0, |bits| bits.run));
    assert_eq!(runs.collect::<Vec<_>>(), [1, 3, 3, 3, 3, 0, 1, 3, 16]);
}

/// Computed values in bit fields.
#[derive(Frame, Debug, Default, PartialEq)]
#[frame(be)]
struct Derived {
    #[bits(N)]
    #[magic(FIVE)]
    magic: Auto,
    #[bits(N)]
    #[magic(-2)]
    negative: Auto<i8>,
    #[bits(N - 1)]
    #[pad(strict)]
    strict: Auto,
    #[bits(8 - N)]
    #[len_of(body)]
    len: Auto<u8>,
    #[bits(FLAG)]
    #[presence_of(more)]
    there: Auto<u8>,
    #[bits(N + 4)]
    #[len_of(body..)]
    all: Auto<u16>,
    #[bits(N)]
    #[calc(body.len() as u8 + 1, verify)]
    next: Auto<u8>,
    #[bits(8 * N - 16)]
    #[pad]
    pad: Auto,
    body: Vec<u8>,
    more: Option<u8>,
}

#[test]
fn computed_values_in_bit_fields() {
    let value = Derived { body: vec![7, 8], more: Some(9), ..Derived::default() };
    // The bits are 101 110 00 | 00010 1 00 | 00011 011 | 00000000.
    round(&value, &[0b1011_1000, 0b0001_0100, 0b0001_1011, 0, 7, 8, 9]);
    assert!(Derived { body: vec![0; 32], ..Derived::default() }.to_vec().is_err());
    let bytes = value.to_vec().unwrap();
    for (at, bit) in [(0, 0x80), (0, 0x10), (0, 0x01), (1, 0x08), (1, 0x04), (2, 0x08), (2, 0x01)] {
        let mut wrong = bytes.clone();
        wrong[at] ^= bit;
        assert!(Derived::decode(&wrong).is_err(), "byte {at}, {bit:#x}");
    }
    let mut padded = bytes;
    padded[3] = 0xff;
    assert_eq!(Derived::decode(&padded).unwrap(), value);
}

#[cfg(feature = "testing")]
#[test]
fn laws_of_computed_values_in_bit_fields() {
    let full = Derived { body: vec![7, 8], more: Some(9), ..Derived::default() };
    framewright::testing::laws([Derived::default(), full]);
}

/// An enum whose tag shares a byte with the first bit fields of its variants.
#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = bits(4))]
enum Packet {
    #[tag(1)]
    Short {
        #[bits(N + 1)]
        id: u8,
    },
    #[tag(2)]
    Long {
        #[bits(FLAG)]
        last: bool,
        #[bits(N)]
        kind: u8,
        #[bits(8)]
        id: u8,
    },
}

/// An enum whose tag shares a byte with the first bit fields of its variant, lowest bits first.
#[derive(Frame, Debug, PartialEq)]
#[frame(le, lsb, tag = bits(3))]
enum Reverse {
    #[tag(6)]
    Only {
        #[bits(5 + N)]
        id: u8,
        #[bits(8 - N)]
        kind: u8,
    },
}

#[test]
fn behind_a_tag() {
    round(&Packet::Short { id: 9 }, &[0x19]);
    round(&Packet::Long { last: true, kind: 2, id: 3 }, &[0x2a, 3]);
    round(&Reverse::Only { id: 0x81, kind: 0b10001 }, &[0b0000_1110, 0b1000_1100]);
}

#[cfg(feature = "testing")]
#[test]
fn laws_behind_a_tag() {
    framewright::testing::laws([Packet::Short { id: 9 }, Packet::Long { last: true, kind: 2, id: 3 }]);
    framewright::testing::laws([Reverse::Only { id: 0x81, kind: 0b10001 }]);
}

/// A generic type with constants as widths.
#[derive(Frame, Debug, PartialEq)]
struct Generic<T> {
    #[bits(N)]
    high: u8,
    #[bits(8 - N)]
    low: u8,
    rest: T,
}

#[test]
fn in_generic_types() {
    round(&Generic { high: 1, low: 2, rest: 3u8 }, &[0x22, 3]);
}

const ITEMS: usize = 3;

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Arrays {
    #[bits(N + FLAG)]
    of_width: [u8; 2],
    #[bits(5)]
    of_length: [u8; ITEMS],
    #[bits(FLAG)]
    flag: bool,
    #[bits(N + 1)]
    of_both: [Mode; ITEMS],
    #[bits(4)]
    rest: u8,
}

#[test]
fn arrays() {
    let (of_width, of_both) = ([1, 2], [Mode::Off, Mode::On, Mode::Off]);
    let arrays = Arrays { of_width, of_length: [3, 4, 31], flag: true, of_both, rest: 9 };
    round(&arrays, &[0x12, 0b0001_1001, 0b0011_1111, 0x05, 0x09]);
    crate::by_json::laws([arrays]);
}
