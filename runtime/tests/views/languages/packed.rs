//! Declarations with arrays and lists of bit fields, with padded fields, and with frames that may
//! be malformed.

use framewright::prelude::*;
use framewright::{Attempt, Order};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Panel {
    #[bits(4)]
    gains: [u8; 2],
    #[bits(3)]
    offsets: [i8; 2],
    #[bits(1)]
    lamps: [bool; 4],
    #[bits(2)]
    modes: [Mode; 3],
    #[count_prefixed(u8)]
    #[each(bits(12))]
    samples: Vec<u16>,
    #[count_prefixed(u8)]
    #[each(bits(5, strict))]
    steps: Vec<i8>,
    #[len_prefixed(u8)]
    #[each(bits(50))]
    wide: Vec<u64>,
    #[count_prefixed(u8)]
    #[each(bits(2))]
    states: Vec<Mode>,
    #[rest]
    #[each(bits(1))]
    flags: Vec<bool>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, lsb)]
pub(super) struct Reversed {
    #[bits(3)]
    speeds: [u8; 5],
    #[bits(1)]
    on: bool,
    #[count_of(levels)]
    count: Auto<u16>,
    #[each(bits(10, strict))]
    levels: Vec<i16>,
    #[fixed(3)]
    #[each(bits(3))]
    small: Vec<u8>,
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(tag = u8)]
enum Mode {
    #[tag(0)]
    Off,
    #[tag(1)]
    On,
    #[tag(3)]
    Blinking,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Filled {
    #[fixed(8, fill = 0xff)]
    numbers: Vec<u16>,
    #[fixed(6, fill = 0)]
    name: Name,
    #[fixed(9, fill = 0)]
    names: Vec<Name>,
    #[fixed(4, fill = b' ')]
    letters: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Name {
    #[len_prefixed(u8)]
    text: String,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Jobs {
    #[len_prefixed(u8)]
    first: Attempt<Job>,
    #[count_prefixed(u8)]
    #[each(len_prefixed(u8))]
    others: Vec<Attempt<Job>>,
    good: Job,
    last: Attempt<Kind>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, max = 9)]
struct Job {
    id: u16,
    #[len_prefixed(u8)]
    text: String,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
enum Kind {
    #[tag(1)]
    Ping,
    #[tag(2)]
    Job(Job),
}

/// Numbers in bits of which one number says that the field is absent.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Sentinels {
    #[bits(4)]
    #[none(15)]
    nibble: Option<u8>,
    #[bits(4)]
    #[none(-1)]
    signed: Option<i8>,
    #[bits(8)]
    #[none(255)]
    whole: Option<u8>,
    #[bits(60)]
    #[none(0xfff_ffff_ffff_ffff)]
    wide: Option<u64>,
    #[bits(4)]
    last: u8,
    #[none(u64::MAX)]
    plain: Option<u64>,
    #[len_of(body, none = u64::MAX)]
    len: Auto<u64>,
    body: Option<Vec<u8>>,
}

/// Floats of which one says that the field is absent. They are compared by their bits.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Floats {
    before: u8,
    #[none(f32::NAN)]
    single: Option<f32>,
    #[none(0.0)]
    #[wire(le)]
    zero: Option<f64>,
    #[none(-1.5)]
    double: Option<f64>,
    #[when(single.is_some() && zero.is_none())]
    note: Option<u8>,
    #[none(0.5)]
    #[wire(order = if before == 1 { Order::Little } else { Order::Big })]
    ordered: Option<f32>,
    last: u8,
}

pub(super) fn floats() -> Vec<Floats> {
    let none =
        Floats { before: 0, single: None, zero: None, double: None, note: None, ordered: None, last: 9 };
    let other = f32::from_bits(f32::NAN.to_bits() + 1);
    let some = |single| Floats {
        before: 1,
        single: Some(single),
        zero: Some(-0.0),
        double: Some(f64::NAN),
        note: None,
        ordered: Some(1.0),
        last: 9,
    };
    let noted = Floats { zero: None, note: Some(3), ordered: None, ..some(1.5) };
    [none, some(other), some(0.0), noted].into()
}

/// Like [`Sentinels`], without fields that only the slow path reads.
#[derive(Frame, Debug, Clone, PartialEq)]
pub(super) struct Nibbles {
    #[bits(4)]
    #[none(15)]
    pub(super) high: Option<u8>,
    #[bits(4)]
    pub(super) low: u8,
}
