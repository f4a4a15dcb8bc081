//! Declarations of which some values must be left to the slow path.

use framewright::prelude::*;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct SignedLen {
    #[len_of(body)]
    len: Auto<i16>,
    body: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct SignedCount {
    #[count_of(items)]
    count: Auto<i8>,
    #[len_of(text, bias = -3)]
    len: Auto<i8>,
    items: Vec<u16>,
    text: String,
    last: u8,
}

/// Signed counts directly before their lists, which are of numbers and of frames.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct SignedLists {
    last: u8,
    #[count_of(numbers)]
    number_count: Auto<i8>,
    numbers: Vec<u16>,
    #[count_of(parts)]
    part_count: Auto<i16>,
    parts: Vec<Part>,
    #[len_prefixed(i8)]
    body: Vec<u8>,
}

/// What is known about a field of one variant must not be assumed of a field with the same name in
/// another variant.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
pub(super) enum SameNames {
    #[tag(1)]
    Told {
        has: bool,
        #[bits(4)]
        at: u8,
        #[bits(4)]
        of: u8,
        len: u8,
        #[len(len)]
        rest: Vec<u8>,
    },
    #[tag(2)]
    Optional {
        #[presence_of(value)]
        has: Auto<u8>,
        at: u8,
        value: Option<u16>,
        len: i8,
        #[len(len)]
        rest: Vec<u8>,
    },
    #[tag(3)]
    Wide {
        has: u32,
        #[bits(20)]
        at: u32,
        #[bits(44)]
        of: u64,
        len: u64,
    },
}

/// Computed numbers.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Computed {
    #[wire(u24)]
    #[calc(7)]
    seven: Auto<u32>,
    flag: bool,
    #[calc(flag as u8)]
    told: Auto<u8>,
    #[wire(u24)]
    #[calc(flag as u32)]
    wide: Auto<u32>,
    #[bits(4)]
    a: u8,
    #[bits(4)]
    b: u8,
    #[calc(a)]
    c: Auto<u8>,
    #[calc(a + b)]
    d: Auto<u8>,
    #[calc(flag as u64)]
    e: Auto<u64>,
}

/// Numbers that are computed from lengths, which are known only when their fields are written.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct OfLengths {
    #[calc(total * 2)]
    twice: Auto<u32>,
    #[calc(len + 2)]
    total: Auto<u32>,
    #[len_of(body)]
    len: Auto<u32>,
    #[calc(len + total)]
    sum: Auto<u32>,
    #[bits(4)]
    #[calc(low & 7)]
    high: Auto<u16>,
    #[bits(12)]
    #[len_of(text)]
    low: Auto<u16>,
    body: Vec<u8>,
    text: String,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct WideLengths {
    #[len_prefixed(u64)]
    body: Vec<u8>,
    #[count_of(items)]
    count: Auto<u64>,
    #[len_of(text, bias = 2)]
    len: Auto<i64>,
    #[len_prefixed(u64)]
    text_of_frame: Part,
    items: Vec<u16>,
    text: String,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Part {
    #[len_prefixed(u8)]
    text: String,
    value: u32,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Triples {
    #[count_prefixed(u8)]
    #[each(wire(u24))]
    numbers: Vec<u32>,
    parts: [u16; 2],
    #[count_prefixed(u8)]
    pairs: Vec<Pair>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Pair {
    left: u8,
    right: i16,
}

/// Nested frames that may have more bytes than their fields need, but not fewer.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Extended {
    first: Longer,
    #[len_prefixed(u8, lenient)]
    second: Pair,
    last: u16,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, len_prefixed(u16, lenient))]
struct Longer {
    value: u32,
}

/// Lists that end with an item, and conditions that have no value for some items.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Closed {
    #[until(|byte| 200 / byte < 3)]
    pub(crate) bytes: Vec<u8>,
    #[until(|number| number - 3 > 500)]
    pub(crate) numbers: Vec<u16>,
    pub(crate) behind: u8,
}
