//! Declarations with byte orders that are known at run time, with fields at offsets, and with
//! numbers whose size an earlier field gives.

use framewright::Order;
use framewright::prelude::*;

#[derive(Frame, Debug, Clone, PartialEq)]
pub(super) struct File {
    mark: Mark,
    #[ctx(if mark == Mark::Intel { Order::Little } else { Order::Big })]
    image: Image,
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(tag = [u8; 2])]
enum Mark {
    #[tag(b"II")]
    Intel,
    #[tag(b"MM")]
    Motorola,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(order = order, ctx(order: Order))]
struct Image {
    #[magic(0x1234)]
    version: Auto<u16>,
    #[offset_of(entries, bias = 2)]
    first: Auto<u32>,
    #[offset_of(comment, none = 0)]
    comment_at: Auto<u64>,
    #[rest]
    ignored: Vec<u8>,
    #[count_prefixed(u16)]
    #[ctx(order)]
    entries: Vec<Entry>,
    #[len_prefixed(u16)]
    #[text(utf16)]
    comment: Option<String>,
    wide: [i64; 2],
    pair: (f32, u16),
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(order = order, ctx(order: Order), tag = u16)]
enum Entry {
    #[tag(1)]
    Short(u16),
    #[tag(0x0200)]
    Long {
        #[bits(4)]
        high: u8,
        #[bits(28)]
        low: u32,
    },
}

/// `little` determines the byte orders, which differ from one number to the next.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Mixed {
    little: bool,
    fixed: u16,
    #[wire(order = if little { Order::Little } else { Order::Big })]
    number: u32,
    #[wire(order = if !little { Order::Little } else { Order::Big })]
    other: u64,
    #[len_prefixed(u16, order = if little { Order::Little } else { Order::Big })]
    text: String,
    #[count_prefixed(u16)]
    #[wire(order = if little { Order::Little } else { Order::Big })]
    list: Vec<u16>,
    #[len_of(tail)]
    #[wire(order = if little { Order::Little } else { Order::Big })]
    len: Auto<u32>,
    #[offset_of(tail)]
    at: Auto<u16>,
    #[offset_of(tail, bias = -1)]
    again: Auto<u8>,
    tail: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Sized {
    #[check(width < 10, "a width")]
    width: u8,
    #[wire(bytes(width))]
    number: u64,
    #[wire(bytes(width), le)]
    signed: i32,
    little: bool,
    #[count_prefixed(u8)]
    #[wire(bytes(width / 2), order = if little { Order::Little } else { Order::Big })]
    list: Vec<u16>,
    #[when(width > 2)]
    #[wire(bytes(usize::from(width) / 2))]
    maybe: Option<u64>,
}

/// Optional fields with an expression as their size.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Optional {
    #[check(size < 20, "a size")]
    size: u8,
    #[when(size > 2)]
    #[len(size - 1)]
    bytes: Option<Vec<u8>>,
    #[when(size > 3)]
    #[count(size - 2)]
    list: Option<Vec<u16>>,
}
