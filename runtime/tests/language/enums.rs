//! Tests of enums: tags in another field, tags in bits, byte strings as tags, and fieldless enums.
#![allow(clippy::unusual_byte_groupings, reason = "bits are grouped as the fields are")]

use std::borrow::Cow;
use std::fmt::Debug;

use framewright::checksum::Xor8;
use framewright::prelude::*;

use crate::held::{refused, round};

#[derive(Frame, Debug, PartialEq)]
#[frame(be, ctx(wide: bool, n: usize))]
struct Inner {
    #[when(wide)]
    value: Option<u16>,
    #[len(n)]
    bytes: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
pub(crate) enum Choice {
    #[tag(1)]
    One(u8),
    #[tag(2 | 3)]
    Two(u16),
    #[tag(b'x'..=b'z')]
    Letter {
        #[tag]
        which: u8,
    },
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Outer {
    n: u8,
    #[ctx(n > 1, usize::from(n))]
    inner: Inner,
    kind: u8,
    #[tag(kind)]
    choice: Choice,
    #[tag_of(other)]
    other_kind: Auto<u16>,
    #[len_prefixed(u8)]
    other: Choice,
}

#[test]
fn context() {
    let outer = |kind, choice, other| Outer {
        n: 2,
        inner: Inner { value: Some(1), bytes: vec![7, 8] },
        kind,
        choice,
        other_kind: Auto::new(),
        other,
    };
    round(outer(1, Choice::One(5), Choice::Letter { which: b'y' }), b"\x02\0\x01\x07\x08\x01\x05\0y\0");
    assert!(refused(outer(2, Choice::One(5), Choice::One(1))).contains("Outer.choice"));
    assert_eq!(Choice::decode_with(&[0, 9], 3u8).unwrap(), Choice::Two(9));
    assert_eq!(Inner::decode_with(&[1], (false, 1)).unwrap(), Inner { value: None, bytes: vec![1] });
    assert!(Choice::decode_with(&[], 9u8).is_err());
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = bits(4))]
enum Nibble {
    #[tag(1)]
    Connect {
        #[bits(4)]
        flags: u8,
        id: u16,
    },
    #[tag(3)]
    Publish {
        #[bits(1)]
        dup: bool,
        #[bits(2)]
        qos: u8,
        #[bits(1)]
        retain: bool,
    },
}

#[test]
fn tag_in_bits() {
    round(Nibble::Connect { flags: 2, id: 1 }, b"\x12\0\x01");
    round(Nibble::Publish { dup: true, qos: 1, retain: false }, b"\x3a");
    assert!(Nibble::decode(b"\x20").is_err());
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = [u8; 4])]
enum Chunk {
    #[tag(b"IHDR")]
    Header(u32),
    #[tag(_)]
    Other {
        #[tag]
        name: [u8; 4],
        #[rest]
        data: Vec<u8>,
    },
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Framed<'a> {
    #[len_of(body)]
    len: Auto<u16>,
    #[tag_of(body)]
    kind: Auto<[u8; 4]>,
    body: Part<'a>,
    #[checksum(Xor8, over = kind..=body)]
    sum: Auto<u8>,
}

#[derive(Frame, Debug, PartialEq)]
enum Part<'a> {
    #[tag(b"text")]
    Text(#[rest] Cow<'a, str>),
    #[tag(b"data")]
    Data(#[rest] &'a [u8]),
}

#[test]
fn byte_string_tags() {
    round(Chunk::Header(1), b"IHDR\0\0\0\x01");
    round(Chunk::Other { name: *b"tEXt", data: vec![1] }, b"tEXt\x01");
    assert!(refused(Chunk::Other { name: *b"IHDR", data: vec![] }).contains("Chunk"));
    let frame = Framed { len: Auto::new(), kind: Auto::new(), body: Part::Data(b"ab"), sum: Auto::new() };
    let bytes = frame.to_vec().unwrap();
    assert_eq!(bytes, [&b"\0\x02dataab"[..], &[b'd' ^ b'a' ^ b't' ^ b'a' ^ b'a' ^ b'b']].concat());
    assert_eq!(Framed::decode(&bytes).unwrap(), frame);
}

#[derive(Frame, Debug, PartialEq, Clone, Copy)]
enum Mode {
    Client = 3,
    Server,
    Private = 7,
}

#[derive(Frame, Debug, PartialEq, Clone, Copy)]
enum Direction {
    Back = -1,
    Stay,
    Forth,
}

#[derive(Frame, Debug, PartialEq)]
struct Modes {
    #[bits(3)]
    mode: Mode,
    #[bits(3)]
    other: Mode,
    #[bits(2)]
    direction: Direction,
}

#[test]
fn plain_enums_in_bits() {
    round(Modes { mode: Mode::Server, other: Mode::Private, direction: Direction::Back }, &[0b100_111_11]);
    round(Modes { mode: Mode::Client, other: Mode::Client, direction: Direction::Forth }, &[0b011_011_01]);
    assert_eq!(
        Modes::decode(&[0b101_011_00]).unwrap_err().to_string(),
        "Modes.mode at byte 0 bit 0: no variant of Mode has the tag 5"
    );
}

#[derive(Frame, Debug, PartialEq)]
enum Expression {
    #[tag(1)]
    Value(u8),
    #[tag(2)]
    Not(Boxed),
}

#[derive(Frame, Debug, PartialEq)]
struct Boxed {
    #[tag_of(inner)]
    kind: Auto<u8>,
    #[len_prefixed(u8)]
    inner: Box<Expression>,
}

#[test]
fn a_box_gets_the_context_of_its_content() {
    let boxed = |inner| Boxed { kind: Auto::new(), inner: Box::new(inner) };
    round(boxed(Expression::Not(boxed(Expression::Value(7)))), &[2, 3, 1, 1, 7]);
}

mod numbers {
    pub(super) const READ: u8 = 7;
    pub(super) const SEVEN: isize = 7;
}

/// Discriminants with a type: of an enum in bits, or whose tag is passed in.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[repr(u8)]
enum Side {
    Buy = b'B',
    Sell = b'S',
    Read = numbers::READ,
    Next,
}

/// Their type differs from the type of the tag.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[repr(u8)]
#[frame(be, tag = u16)]
enum Wide {
    A = b'a',
    B,
    Read = numbers::READ,
    Sum = 1 << 3,
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[repr(i8)]
#[frame(be, tag = i16)]
enum Signed {
    Less = -5i8,
    More,
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(tag = u8)]
enum Plain {
    Read = numbers::SEVEN,
    Next,
}

#[derive(Frame, Debug, PartialEq)]
struct Sides {
    #[bits(8)]
    bits: Side,
    tag: u8,
    #[tag(tag)]
    chosen: Side,
    #[tag_of(last)]
    own: Auto<u8>,
    last: Side,
    wide: [Wide; 2],
    signed: Signed,
    plain: Plain,
}

#[test]
fn discriminants_with_a_type() {
    let sides = Sides {
        bits: Side::Sell,
        tag: b'B',
        chosen: Side::Buy,
        own: Auto::new(),
        last: Side::Next,
        wide: [Wide::B, Wide::Read],
        signed: Signed::More,
        plain: Plain::Next,
    };
    crate::held::same(sides, &[b'S', b'B', 8, 0, b'b', 0, 7, 0xff, 0xfc, 8]);
    crate::held::same(Wide::Sum, &[0, 8]);
    assert_eq!(Plain::decode(&[7]).unwrap(), Plain::Read);
    assert_eq!(Side::SCHEMA.to_string().matches("b'B'").count(), 1, "{}", Side::SCHEMA);
}

/// The values of discriminants are Rust's, of the type of the `repr` or of `isize`.
#[test]
#[allow(clippy::enum_clike_unportable_variant, reason = "`1 << 63` is the most that an `isize` has")]
#[allow(clippy::identity_op, reason = "the operators are what is tested")]
fn discriminants_of_literals_and_operators() {
    #[derive(Frame, Debug, Clone, Copy, PartialEq)]
    #[repr(u64)]
    #[frame(be, tag = u64)]
    enum Flag {
        Low = 1 << 0,
        Both = (1 << 62) | 1,
        High = 1 << 63,
    }
    #[derive(Frame, Debug, Clone, Copy, PartialEq)]
    #[frame(tag = u8)]
    enum Byte {
        Low = 0x100 >> 4,
        Two = 1 - 2 + 3,
        One = -1 + 2,
        High = !0 & 0xff,
    }
    #[derive(Frame, Debug, Clone, Copy, PartialEq)]
    #[frame(tag = i8)]
    enum Below {
        One = 0xff - 0x100,
    }
    #[derive(Frame, Debug, Clone, Copy, PartialEq)]
    enum Chosen {
        Low = 1 << 0,
        High = 1 << 63,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Choice {
        tag: i64,
        #[tag(tag)]
        chosen: Chosen,
    }
    /// With `repr`, operators have its type.
    #[derive(Frame, Debug, Clone, Copy, PartialEq)]
    #[repr(u32)]
    #[frame(tag = u8)]
    enum Narrow {
        Low = 0x100 >> 4,
        High = !0xffff_ff00,
    }
    crate::held::same(Flag::High, &[0x80, 0, 0, 0, 0, 0, 0, 0]);
    crate::held::same(Flag::Both, &[0x40, 0, 0, 0, 0, 0, 0, 1]);
    crate::held::same(Flag::Low, &[0, 0, 0, 0, 0, 0, 0, 1]);
    for (byte, written) in [(Byte::Low, 16), (Byte::Two, 2), (Byte::One, 1), (Byte::High, 255)] {
        crate::held::same(byte, &[written]);
    }
    crate::held::same(Below::One, &[0xff]);
    crate::held::same(Choice { tag: i64::MIN, chosen: Chosen::High }, &[0x80, 0, 0, 0, 0, 0, 0, 0]);
    crate::held::same(Choice { tag: 1, chosen: Chosen::Low }, &[0, 0, 0, 0, 0, 0, 0, 1]);
    crate::held::same(Narrow::Low, &[0x10]);
    crate::held::same(Narrow::High, &[0xff]);
}
