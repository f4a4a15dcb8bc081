//! Tests of `order = expr`: a byte order that depends on bytes which were read before.

use super::{refused, round, samples_of, unwritable};
use framewright::Order;
use framewright::prelude::*;

#[derive(Frame, Debug, PartialEq, Clone, Copy)]
#[frame(tag = [u8; 2])]
enum Mark {
    #[tag(b"II")]
    Intel,
    #[tag(b"MM")]
    Motorola,
}

/// A type whose byte order is its context, with numbers of every kind.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(order = order, ctx(order: Order), len_prefixed(u16))]
struct Body {
    small: u8,
    number: u32,
    odd: Odd,
    float: f32,
    array: [u16; 2],
    pair: (u8, i16),
    #[bits(4)]
    high: u8,
    #[bits(12)]
    low: u16,
    #[len_of(text)]
    len: Auto<u16>,
    text: String,
    #[count_prefixed(u16)]
    list: Vec<u32>,
    #[magic(0xcafe)]
    magic: Auto<u16>,
    #[magic(0x1234u16)]
    other: Auto,
    #[checksum(framewright::checksum::Internet, over = small..sum)]
    sum: Auto<u16>,
    #[calc(number.wrapping_add(1), verify)]
    calc: Auto<u32>,
    #[when(small > 1)]
    more: Option<u16>,
    #[each(len_prefixed(u16))]
    #[count_prefixed(u8)]
    texts: Vec<String>,
}

#[derive(Frame, Debug, PartialEq, Clone, Copy)]
#[frame(be)]
struct Odd(#[wire(u24)] u32);

#[derive(Frame, Debug, PartialEq, Clone)]
struct Whole {
    mark: Mark,
    #[ctx(if mark == Mark::Intel { Order::Little } else { Order::Big })]
    body: Body,
}

fn whole(mark: Mark) -> Whole {
    let body = Body {
        small: 2,
        number: 0x0102_0304,
        odd: Odd(0x0a0b0c),
        float: 1.0,
        array: [1, 2],
        pair: (9, -2),
        high: 0xa,
        low: 0xbcd,
        len: Auto::new(),
        text: "hi".into(),
        list: vec![1],
        magic: Auto::new(),
        other: Auto::new(),
        sum: Auto::new(),
        calc: Auto::new(),
        more: Some(0x0708),
        texts: vec!["a".into()],
    };
    Whole { mark, body }
}

#[test]
fn a_type_takes_its_order_from_its_context() {
    #[rustfmt::skip]
    let big = [
        b'M', b'M', 0, 47, 2, 1, 2, 3, 4, 10, 11, 12, 0x3f, 0x80, 0, 0, 0, 1, 0, 2, 9, 0xff, 0xfe, 0xab, 0xcd,
        0, 2, b'h', b'i', 0, 1, 0, 0, 0, 1, 0xca, 0xfe, 0x12, 0x34,
    ];
    let bytes = whole(Mark::Motorola).to_vec().unwrap();
    assert_eq!(&bytes[..big.len()], big, "{}", whole(Mark::Motorola).dump());
    round(whole(Mark::Motorola), &bytes);
    #[rustfmt::skip]
    let little = [
        b'I', b'I', 47, 0, 2, 4, 3, 2, 1, 10, 11, 12, 0, 0, 0x80, 0x3f, 1, 0, 2, 0, 9, 0xfe, 0xff, 0xcd, 0xab,
        2, 0, b'h', b'i', 1, 0, 1, 0, 0, 0, 0xfe, 0xca, 0x34, 0x12,
    ];
    let bytes = whole(Mark::Intel).to_vec().unwrap();
    assert_eq!(&bytes[..little.len()], little, "{}", whole(Mark::Intel).dump());
    round(whole(Mark::Intel), &bytes);
    samples_of::<Whole>();
    let dump = whole(Mark::Intel).dump().to_string();
    assert!(dump.contains("u32 le") && dump.matches(" be").count() == 1, "{dump}");
    let text = Whole::SCHEMA.to_string();
    assert!(text.contains("number  u32, order = order"), "{text}");
}

/// Fields whose byte order an earlier field determines.
#[derive(Frame, Debug, PartialEq, Clone)]
struct Fields {
    little: bool,
    #[wire(order = order_of(little))]
    opaque: u16,
    #[wire(order = if little { Order::Little } else { Order::Big })]
    number: u32,
    #[wire(u24, order = if little { Order::Little } else { Order::Big })]
    odd: u32,
    #[wire(order = if little { Order::Little } else { Order::Big })]
    #[len_of(text)]
    len: Auto<u16>,
    #[wire(order = if little { Order::Little } else { Order::Big })]
    #[magic(0x0102)]
    magic: Auto<u16>,
    #[wire(order = if little { Order::Little } else { Order::Big })]
    #[calc(number, verify)]
    calc: Auto<u32>,
    #[wire(order = if little { Order::Little } else { Order::Big })]
    #[checksum(framewright::checksum::Internet, over = number..=text)]
    sum: Auto<u16>,
    text: String,
    #[len_prefixed(u16, order = if little { Order::Little } else { Order::Big })]
    bytes: Vec<u8>,
    #[count_prefixed(u16, order = if little { Order::Little } else { Order::Big })]
    #[wire(order = if little { Order::Little } else { Order::Big })]
    list: Vec<u16>,
    #[wire(order = if little { Order::Little } else { Order::Big })]
    pair: (u8, [u16; 2]),
    #[when(little)]
    #[wire(order = if little { Order::Little } else { Order::Big })]
    more: Option<u16>,
    #[rest]
    #[wire(order = if little { Order::Little } else { Order::Big })]
    rest: Vec<u16>,
}

fn order_of(little: bool) -> Order {
    if little { Order::Little } else { Order::Big }
}

fn fields(little: bool) -> Fields {
    Fields {
        little,
        opaque: 0x0102,
        number: 3,
        odd: 4,
        len: Auto::new(),
        magic: Auto::new(),
        calc: Auto::new(),
        sum: Auto::new(),
        text: "hi".into(),
        bytes: vec![9],
        list: vec![5],
        pair: (6, [7, 8]),
        more: little.then_some(10),
        rest: vec![11],
    }
}

#[test]
fn a_field_takes_its_order_from_earlier_ones() {
    #[rustfmt::skip]
    round(fields(false), &[
        0, 1, 2, 0, 0, 0, 3, 0, 0, 4, 0, 2, 1, 2, 0, 0, 0, 3, 0x8b, 0x93, b'h', b'i', 0, 1, 9, 0, 1, 0, 5, 6, 0, 7, 0, 8,
        0, 11,
    ]);
    #[rustfmt::skip]
    round(fields(true), &[
        1, 2, 1, 3, 0, 0, 0, 4, 0, 0, 2, 0, 2, 1, 3, 0, 0, 0, 0x90, 0x8e, b'h', b'i', 1, 0, 9, 1, 0, 5, 0, 6, 7, 0, 8, 0,
        10, 0, 11, 0,
    ]);
    samples_of::<Fields>();
}

/// The item of a list, whose byte order is its context.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(order = order, ctx(order: Order))]
struct Entry {
    tag: u16,
    #[len_prefixed(u16)]
    value: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Entries {
    little: bool,
    #[count_prefixed(u16, order = order_of(little))]
    #[ctx(order_of(little))]
    entries: Vec<Entry>,
    #[wire(order = order_of(little))]
    #[check(last > 0, "never zero")]
    last: u16,
}

#[test]
fn a_frame_whose_order_only_rust_knows_is_measured() {
    let entries = |little| Entries {
        little,
        entries: vec![Entry { tag: 1, value: vec![2] }, Entry { tag: 3, value: vec![] }],
        last: 0x0100,
    };
    round(entries(false), &[0, 0, 2, 0, 1, 0, 1, 2, 0, 3, 0, 0, 1, 0]);
    round(entries(true), &[1, 2, 0, 1, 0, 1, 0, 2, 3, 0, 0, 0, 0, 1]);
    samples_of::<Entries>();
    assert_eq!(refused::<Entries>(&[1, 0, 0, 0, 0]), "Entries.last at byte 3: never zero");
    assert_eq!(unwritable(Entries { last: 0, ..entries(true) }), "Entries.last: never zero");
}

/// A generic enum whose byte order is its context.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(order = order, ctx(order: Order), tag = u16)]
enum Either<T> {
    #[tag(1)]
    One { value: T },
    #[tag(2)]
    Two(#[bits(3)] u8, #[bits(13)] u16),
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Enums {
    mark: Mark,
    #[ctx(match mark { Mark::Intel => Order::Little, _ => Order::Big })]
    one: Either<u32>,
    #[ctx(match mark { Mark::Intel => Order::Little, _ => Order::Big })]
    two: Either<[u16; 1]>,
}

#[test]
fn an_enum_takes_its_order_from_its_context() {
    let enums = |mark| Enums { mark, one: Either::One { value: 3 }, two: Either::Two(7, 1) };
    round(enums(Mark::Motorola), &[b'M', b'M', 0, 1, 0, 0, 0, 3, 0, 2, 0xe0, 1]);
    round(enums(Mark::Intel), &[b'I', b'I', 1, 0, 3, 0, 0, 0, 2, 0, 1, 0xe0]);
    samples_of::<Enums>();
}

#[test]
fn a_change_of_the_order_is_a_change() {
    #[derive(Frame)]
    #[frame(be)]
    struct Was {
        #[wire(order = Order::Big)]
        number: u16,
    }
    #[derive(Frame)]
    #[frame(be)]
    struct Is {
        number: u16,
    }
    assert!(!Is::SCHEMA.compatible_with(Was::SCHEMA).is_compatible());
    assert!(Was::SCHEMA.compatible_with(Was::SCHEMA).is_compatible());
}

/// A number whose size and byte order earlier fields give, and text whose byte order is its
/// context.
#[derive(Frame, Debug, PartialEq, Clone)]
struct Widths {
    little: bool,
    width: u8,
    #[wire(bytes(width), order = if little { Order::Little } else { Order::Big })]
    number: u32,
    #[ctx(if little { Order::Little } else { Order::Big })]
    text: Text,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(order = order, ctx(order: Order))]
struct Text {
    #[len_prefixed(u16)]
    #[text(utf16)]
    text: String,
}

#[test]
fn numbers_of_any_width_and_utf_16_follow_the_order() {
    let widths = |little| Widths { little, width: 3, number: 1, text: Text { text: "a".into() } };
    round(widths(false), &[0, 3, 0, 0, 1, 0, 2, 0, b'a']);
    round(widths(true), &[1, 3, 1, 0, 0, 2, 0, b'a', 0]);
    samples_of::<Widths>();
}
