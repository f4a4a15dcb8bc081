//! Tests of bit fields with user-defined types, of arrays and lists of bit fields, and of runs that
//! are wider than any integer.

use super::{refused, round, samples_of, unwritable};
use framewright::prelude::*;

#[derive(Debug, PartialEq, Clone, Copy)]
struct Level(u8);

impl TryFrom<u8> for Level {
    type Error = String;

    fn try_from(level: u8) -> Result<Self, String> {
        if level < 10 { Ok(Self(level)) } else { Err(format!("{level} is no level")) }
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.0
    }
}

#[derive(Frame, Debug, PartialEq, Clone, Copy)]
enum Colour {
    Red,
    Green,
    Blue,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Msb {
    #[bits(4, as = u8)]
    level: Level,
    #[bits(4)]
    nibbles: [u8; 3],
    #[bits(2)]
    colours: [Colour; 3],
    #[bits(2)]
    last: u8,
    #[count_prefixed(u8)]
    #[each(bits(12))]
    counted: Vec<u16>,
    #[count(2)]
    #[each(bits(3, strict))]
    strict: Vec<i8>,
    #[len_prefixed(u8)]
    #[each(bits(12))]
    sized: Vec<u16>,
    #[count(3)]
    #[each(bits(2))]
    named: Box<[Colour]>,
    end: u8,
}

fn msb() -> Msb {
    Msb {
        level: Level(9),
        nibbles: [1, 2, 3],
        colours: [Colour::Red, Colour::Green, Colour::Blue],
        last: 3,
        counted: vec![0xabc, 0xdef, 0x123],
        strict: vec![-1, 2],
        sized: vec![0x456, 0x789],
        named: Box::new([Colour::Blue, Colour::Red, Colour::Green]),
        end: 7,
    }
}

const MSB: &[u8] = b"\x91\x23\x1b\x03\xab\xcd\xef\x12\x30\xe8\x03\x45\x67\x89\x84\x07";

#[test]
fn bits_of_many_kinds() {
    round(msb(), MSB);
    round(Msb { counted: vec![], sized: vec![], ..msb() }, b"\x91\x23\x1b\x00\xe8\x00\x84\x07");
    samples_of::<Msb>();
    let dump = msb().dump().to_string();
    assert!(dump.contains("[2748, 3567, 291]") && dump.contains("[-1, 2]"), "{dump}");
    let json = framewright::json::to_json(&msb()).unwrap();
    assert!(json.contains("\"Blue\""), "{json}");
    let mut filled = MSB.to_vec();
    filled[8] |= 0x0f;
    assert_eq!(Msb::decode(&filled).unwrap(), msb(), "what fills up is ignored");
    filled[9] |= 0x01;
    let error = refused::<Msb>(&filled);
    assert!(error.starts_with("Msb.strict at byte 9: expected zero bits after the last item"), "{error}");
    let mut level = MSB.to_vec();
    level[0] = 0xf1;
    assert!(refused::<Msb>(&level).contains("15 is no level"));
    let mut uneven = MSB.to_vec();
    uneven[10] = 2;
    assert!(refused::<Msb>(&uneven).contains("expected items of 12 bits, found 16 bits"));
    assert!(
        unwritable(Msb { sized: vec![1], ..msb() }).contains("1 items of 12 bits do not fill whole bytes")
    );
    assert!(unwritable(Msb { counted: vec![1, 0x1000], ..msb() }).starts_with("Msb.counted[1]"));
    assert!(unwritable(Msb { nibbles: [1, 16, 3], ..msb() }).starts_with("Msb.nibbles[1]"));
    assert!(Msb::SCHEMA.kaitai().to_string().contains("type: b12"));
    assert!(Msb::SCHEMA.wireshark(7).to_string().contains("* 12 / 8)"));
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le, lsb)]
struct Lsb {
    #[bits(4)]
    nibbles: [u8; 2],
    #[count_of(items)]
    count: Auto<u8>,
    #[each(bits(12))]
    items: Vec<u16>,
    #[rest]
    #[each(bits(4))]
    rest: Vec<u8>,
}

#[test]
fn the_lowest_bits_may_come_first() {
    let lsb = Lsb { nibbles: [1, 2], count: Auto::new(), items: vec![0xabc, 0xdef, 0x123], rest: vec![1, 2] };
    round(lsb, b"\x21\x03\xbc\xfa\xde\x23\x01\x21");
    samples_of::<Lsb>();
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Wide {
    #[bits(7)]
    first: u8,
    #[bits(60)]
    second: u64,
    #[bits(64)]
    third: u64,
    #[bits(5)]
    fourth: i8,
    behind: u8,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le, lsb)]
struct WideLow {
    #[bits(7)]
    first: u8,
    #[bits(60)]
    second: u64,
    #[bits(64)]
    third: u64,
    #[bits(5)]
    #[len_of(body)]
    len: Auto<u8>,
    body: Vec<u8>,
}

#[test]
fn a_run_may_be_wider_than_an_integer() {
    let wide = Wide { first: 0x7f, second: 1, third: 0x8000_0000_0000_0001, fourth: -2, behind: 9 };
    let bytes = b"\xfe\0\0\0\0\0\0\0\x30\0\0\0\0\0\0\0\x3e\x09";
    round(wide, bytes);
    samples_of::<Wide>();
    let low = WideLow {
        first: 0x7f,
        second: 1,
        third: 0x8000_0000_0000_0001,
        len: Auto::new(),
        body: b"ab".into(),
    };
    round(low, b"\xff\0\0\0\0\0\0\0\x08\0\0\0\0\0\0\0\x14ab");
    samples_of::<WideLow>();
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Levels {
    #[count_prefixed(u8)]
    #[each(bits(4, as = u8))]
    counted: Vec<Level>,
    #[len_prefixed(u8)]
    #[each(bits(12, as = u16))]
    sized: Box<[Digits]>,
    #[count(3)]
    #[each(bits(4, as = u8))]
    ring: std::collections::VecDeque<Level>,
    #[bits(4, as = u8)]
    array: [Level; 2],
}

#[derive(Debug, PartialEq, Clone)]
struct Digits(String);

impl TryFrom<u16> for Digits {
    type Error = String;

    fn try_from(number: u16) -> Result<Self, String> {
        Ok(Self(number.to_string()))
    }
}

impl TryFrom<Digits> for u16 {
    type Error = std::num::ParseIntError;

    fn try_from(digits: Digits) -> Result<Self, Self::Error> {
        digits.0.parse()
    }
}

#[test]
fn items_in_bits_may_be_user_defined() {
    let levels = |counted: &[u8]| Levels {
        counted: counted.iter().copied().map(Level).collect(),
        sized: Box::new([Digits("291".into()), Digits("1110".into())]),
        ring: [Level(1), Level(2), Level(3)].into(),
        array: [Level(8), Level(9)],
    };
    round(levels(&[1, 2, 3]), b"\x03\x12\x30\x03\x12\x34\x56\x12\x30\x89");
    round(levels(&[]), b"\0\x03\x12\x34\x56\x12\x30\x89");
    let error = refused::<Levels>(b"\x03\x12\xc0\x03\x12\x34\x56\x12\x30\x89");
    assert!(error.starts_with("Levels.counted[2] at byte 2") && error.contains("12 is no level"), "{error}");
    let error = refused::<Levels>(b"\x03\x12\x30\x03\x12\x34\x56\x12\x30\x8a");
    assert!(error.starts_with("Levels.array[1]") && error.contains("10 is no level"), "{error}");
    let error =
        unwritable(Levels { sized: Box::new([Digits("x".into()), Digits("1".into())]), ..levels(&[]) });
    assert!(error.starts_with("Levels.sized[0]") && error.contains("invalid digit"), "{error}");
    let error =
        unwritable(Levels { sized: Box::new([Digits("4096".into()), Digits("1".into())]), ..levels(&[]) });
    assert!(error.starts_with("Levels.sized[0]"), "{error}");
    // Rotates the `VecDeque`, so that its items are in two slices.
    let mut turned = levels(&[]);
    turned.ring.rotate_left(1);
    turned.ring.push_front(Level(7));
    turned.ring.pop_back();
    round(turned.clone(), &turned.to_vec().unwrap());
}
