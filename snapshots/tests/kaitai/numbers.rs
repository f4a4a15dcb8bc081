//! Integers, floating-point numbers, fieldless enums, and digits in nibbles.

use framewright::prelude::*;

use super::{holds, sample};

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Unsigned {
    one: u8,
    two: u16,
    four: u32,
    eight: u64,
    #[wire(be)]
    big_two: u16,
    #[wire(be)]
    big_four: u32,
    #[wire(be)]
    big_eight: u64,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Signed {
    one: i8,
    two: i16,
    four: i32,
    eight: i64,
    #[wire(be)]
    big_two: i16,
    #[wire(be)]
    big_four: i32,
    #[wire(be)]
    big_eight: i64,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Borders {
    unsigned: [Unsigned; 2],
    signed: [Signed; 2],
}

#[test]
fn smallest_and_largest_values() {
    macro_rules! border {
        ($type:ident, $one:ident, $two:ident, $four:ident, $eight:ident, $border:ident) => {
            $type {
                one: $one::$border,
                two: $two::$border,
                four: $four::$border,
                eight: $eight::$border,
                big_two: $two::$border,
                big_four: $four::$border,
                big_eight: $eight::$border,
            }
        };
    }
    let unsigned = [border!(Unsigned, u8, u16, u32, u64, MIN), border!(Unsigned, u8, u16, u32, u64, MAX)];
    let signed = [border!(Signed, i8, i16, i32, i64, MIN), border!(Signed, i8, i16, i32, i64, MAX)];
    holds(sample!("integers_min_max"), Borders { unsigned, signed });
}

/// Numbers of each kind, with a constant before each.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Packs {
    #[magic(b"PACK-1")]
    first: Auto,
    one: u16,
    #[magic(b"PACK-U-DEF")]
    second: Auto,
    #[wire(le)]
    default: (u16, u32, u64),
    #[magic(b"PACK-S-DEF")]
    third: Auto,
    #[wire(le)]
    signed: (i16, i32, i64),
    #[magic(b"PACK-U-LE")]
    fourth: Auto,
    #[wire(le)]
    little: (u16, u32, u64),
    #[magic(b"PACK-S-LE")]
    fifth: Auto,
    #[wire(le)]
    signed_little: (i16, i32, i64),
    #[magic(b"PACK-U-BE")]
    sixth: Auto,
    big: (u16, u32, u64),
    #[magic(b"PACK-S-BE")]
    seventh: Auto,
    signed_big: (i16, i32, i64),
}

#[test]
fn numbers_after_constants() {
    let packs = Packs {
        first: Auto::new(),
        one: 0xffff,
        second: Auto::new(),
        default: (u16::MAX, u32::MAX, u64::MAX),
        third: Auto::new(),
        signed: (-1, -1, -1),
        fourth: Auto::new(),
        little: (66, 66, 66),
        fifth: Auto::new(),
        signed_little: (-66, -66, -66),
        sixth: Auto::new(),
        big: (66, 66, 66),
        seventh: Auto::new(),
        signed_big: (-66, -66, -66),
    };
    holds(sample!("fixed_struct"), packs);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Wide {
    #[count(4)]
    pairs: Vec<Both>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Both {
    big: i64,
    #[wire(le)]
    little: i64,
}

#[test]
fn numbers_beyond_what_a_double_holds() {
    const LAST: i64 = 1 << 53;
    let numbers = [-LAST + 1, LAST - 1, -LAST - 1, LAST + 1];
    let pairs = numbers.map(|number| Both { big: number, little: number }).to_vec();
    holds(sample!("integers_double_overflow"), Wide { pairs });
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Floats {
    single: f32,
    double: f64,
    #[wire(be)]
    big_single: f32,
    #[wire(be)]
    big_double: f64,
    approximate: f32,
}

#[test]
fn floating_points() {
    let floats = Floats { single: 0.5, double: 0.25, big_single: 0.5, big_double: 0.25, approximate: 1.2345 };
    holds(sample!("floating_points"), floats);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le, tag = u32)]
enum Animal {
    Dog = 4,
    Cat = 7,
    Chicken = 12,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(tag = i8)]
enum Sign {
    Negative = -1,
    Positive = 1,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, tag = i32)]
enum Int {
    #[tag(i32::MIN)]
    Least,
    #[tag(0)]
    Zero,
    #[tag(i32::MAX)]
    Most,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, tag = u32)]
enum Word {
    #[tag(0)]
    Zero,
    #[tag(u32::MAX)]
    Most,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, tag = i64)]
enum Long {
    #[tag(i64::MIN)]
    Least,
    #[tag(const { -(1i64 << 31) - 1 })]
    BelowInt,
    #[tag(const { -(1i64 << 31) })]
    LeastInt,
    #[tag(0)]
    Zero,
    #[tag(0x7fff_ffff)]
    MostInt,
    #[tag(0x8000_0000)]
    AboveInt,
    #[tag(i64::MAX)]
    Most,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, tag = u64)]
enum LongWord {
    #[tag(0)]
    Zero,
    #[tag(0xffff_ffff)]
    MostInt,
    #[tag(0x1_0000_0000)]
    AboveInt,
    #[tag(u64::MAX)]
    Most,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct All<T>(#[rest] Vec<T>);

#[test]
fn names_for_numbers() {
    holds(sample!("enum_0"), All(vec![Animal::Cat, Animal::Chicken]));
    holds(sample!("enum_negative"), All(vec![Sign::Negative, Sign::Positive]));
    holds(sample!("enum_int_range_s"), All(vec![Int::Least, Int::Zero, Int::Most]));
    holds(sample!("enum_int_range_u"), All(vec![Word::Zero, Word::Most]));
    let longs =
        [Long::Least, Long::BelowInt, Long::LeastInt, Long::Zero, Long::MostInt, Long::AboveInt, Long::Most];
    holds(sample!("enum_long_range_s"), All(longs.to_vec()));
    let words = [LongWord::Zero, LongWord::MostInt, LongWord::AboveInt, LongWord::Most];
    holds(sample!("enum_long_range_u"), All(words.to_vec()));
}

/// Digits from left to right, the same digits from right to left, and digits with leading zeros.
#[derive(Frame, Debug, PartialEq, Clone)]
struct Digits {
    #[wire(bcd(4))]
    number: u32,
    #[wire(bcd(4))]
    from_the_right: String,
    #[wire(bcd(4))]
    zeros_in_front: u32,
}

/// A number whose digits are stored last byte first.
#[derive(Debug, PartialEq, Clone)]
struct Turned(u32);

#[derive(Frame, Debug, PartialEq, Clone)]
struct Nibbles([u8; 4]);

impl TryFrom<Nibbles> for Turned {
    type Error = String;

    fn try_from(Nibbles(bytes): Nibbles) -> Result<Self, String> {
        let digits: String = bytes.iter().rev().map(|byte| format!("{byte:02x}")).collect();
        digits.parse().map(Self).map_err(|_| format!("{digits} are no digits"))
    }
}

impl TryFrom<Turned> for Nibbles {
    type Error = String;

    fn try_from(Turned(number): Turned) -> Result<Self, String> {
        let bits =
            u32::from_str_radix(&number.to_string(), 16).map_err(|_| format!("{number} is too large"))?;
        Ok(Self(bits.to_le_bytes()))
    }
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct TurnedDigits {
    #[wire(Nibbles)]
    number: Turned,
    #[wire(bcd(4))]
    from_the_left: String,
    #[wire(Nibbles)]
    zeros_in_front: Turned,
}

#[test]
fn digits_in_nibbles() {
    let digits = Digits { number: 12_345_678, from_the_right: "12345678".into(), zeros_in_front: 123_456 };
    holds(sample!("bcd_user_type_be"), digits);
    let turned = TurnedDigits {
        number: Turned(12_345_678),
        from_the_left: "78563412".into(),
        zeros_in_front: Turned(123_456),
    };
    holds(sample!("bcd_user_type_le"), turned);
}
