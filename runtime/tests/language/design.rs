//! Tests of each word of the annotation language in its simplest form, encoded and decoded.

mod autos;
mod numbers;

use framewright::Order;
use framewright::checksum::Sum8;
use framewright::prelude::*;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt::Debug;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::num::{NonZeroI32, NonZeroU16};
use std::sync::Arc;

/// Checks that the value encodes to these bytes and decodes from them.
#[track_caller]
fn both<T: OwnedFrame + PartialEq + Debug>(value: T, bytes: &[u8]) {
    assert_eq!(value.to_vec().unwrap(), bytes, "{value:?}");
    assert_eq!(T::decode(bytes).unwrap(), value);
}

fn text(text: &str) -> String {
    text.into()
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Be(u16);

#[derive(Frame, Debug, PartialEq)]
#[frame(le)]
struct Le(u16);

#[derive(Frame, Debug, PartialEq)]
#[frame(order = order, ctx(order: Order), len_prefixed(u16))]
struct Either(u32);

#[derive(Frame, Debug, PartialEq)]
struct File {
    little: bool,
    #[wire(order = if little { Order::Little } else { Order::Big })]
    version: u16,
    #[ctx(if little { Order::Little } else { Order::Big })]
    body: Either,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, lsb, magic = b"\x89PNG")]
struct Bytes0(#[bits(4)] u8, #[bits(4)] u8);

#[derive(Frame, Debug, PartialEq)]
#[frame(be, msb, magic = 0xCAFEu16)]
struct Number0(#[bits(4)] u8, #[bits(4)] u8);

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8, len_prefixed(u32, inclusive))]
enum Postgres {
    #[tag(b'Q')]
    Query(#[until(0)] String),
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, len_prefixed(u32), tag = u16)]
enum Kafka {
    #[tag(1)]
    Fetch(#[rest] Vec<u8>),
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = bits(4))]
enum Nibble {
    #[tag(3)]
    Publish(#[bits(4)] u8, u16),
}

#[derive(Frame, Debug, PartialEq)]
#[frame(tag = [u8; 4])]
enum Chunk {
    #[tag(b"IEND")]
    End,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u24)]
enum Wide {
    #[tag(0x10203)]
    One(u8),
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = varint)]
enum Varying {
    #[tag(300)]
    One(u8),
}

#[derive(Frame, Debug, PartialEq)]
#[frame(until(b"\r\n" | b"\n"), max = 65_536)]
struct Line {
    #[len_of(..)]
    all: Auto<u8>,
    #[rest]
    text: String,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, check(low <= high, "low is above high"))]
struct Range {
    low: u8,
    high: u8,
}

trait Protocol {
    type Body;
}

#[derive(Debug, PartialEq)]
struct Plain;

impl Protocol for Plain {
    type Body = Be;
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, bound(P: Protocol, P::Body: OwnedFrame), crate = framewright)]
struct Generic<P: Protocol> {
    id: u8,
    body: P::Body,
}

#[test]
fn words_of_the_type() {
    both(Be(1), b"\0\x01");
    both(Le(1), b"\x01\0");
    both(File { little: true, version: 1, body: Either(2) }, b"\x01\x01\0\x04\0\x02\0\0\0");
    both(File { little: false, version: 1, body: Either(2) }, b"\0\0\x01\0\x04\0\0\0\x02");
    both(Bytes0(1, 2), b"\x89PNG\x21");
    both(Number0(1, 2), b"\xca\xfe\x12");
    both(Postgres::Query(text("a")), b"Q\0\0\0\x06a\0");
    both(Kafka::Fetch(vec![7]), b"\0\0\0\x03\0\x01\x07");
    both(Nibble::Publish(5, 6), b"\x35\0\x06");
    both(Chunk::End, b"IEND");
    both(Wide::One(4), b"\x01\x02\x03\x04");
    both(Varying::One(4), b"\xac\x02\x04");
    both(Line { all: Auto::new(), text: text("ab") }, b"\x03ab\r\n");
    both(Range { low: 1, high: 2 }, b"\x01\x02");
    assert!(Range::decode(b"\x02\x01").is_err() && Range { low: 2, high: 1 }.to_vec().is_err());
    both(Generic::<Plain> { id: 1, body: Be(2) }, b"\x01\0\x02");
}

type Id = u16;
type Name = String;
type Flag = bool;
type Body = Vec<u8>;

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Bare {
    unsigned: (u8, u16, u32, u64, u128),
    signed: (i8, i16, i32, i64, i128),
    floats: (f32, f64),
    yes: bool,
    array: [u16; 2],
    addresses: (Ipv4Addr, Ipv6Addr),
    boxed: Box<Be>,
    never: (NonZeroU16, NonZeroI32),
    nested: Le,
    unit: Unit,
}

#[derive(Frame, Debug, PartialEq)]
struct Unit;

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Aliases {
    id: Id,
    #[len_of(name)]
    size: Auto<u8>,
    name: Name,
    #[count_prefixed(u8)]
    ids: Vec<Id>,
    #[bits(1)]
    flag: Flag,
    #[bits(15)]
    low: Id,
    #[when(flag)]
    maybe: Option<Id>,
    #[len_prefixed(u8)]
    body: Body,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Containers {
    #[count_prefixed(u8)]
    boxed: Box<[u16]>,
    #[count_prefixed(u8)]
    shared: Arc<[u16]>,
    #[count_prefixed(u8)]
    queue: VecDeque<u16>,
    #[len_prefixed(u8)]
    text: Box<str>,
    #[len_prefixed(u8)]
    name: Arc<str>,
    #[len_prefixed]
    bytes: bytes::Bytes,
    #[until(0)]
    raw: Box<[u8]>,
    #[rest]
    last: Arc<[u8]>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Borrowed<'a> {
    #[len_prefixed(u8)]
    bytes: &'a [u8],
    #[until(0)]
    text: &'a str,
    #[len_prefixed(u8)]
    cow: Cow<'a, [u8]>,
    #[rest]
    last: Cow<'a, str>,
}

#[test]
fn types_without_annotations() {
    let bare = Bare {
        unsigned: (1, 2, 3, 4, 5),
        signed: (-1, -2, -3, -4, -5),
        floats: (1.0, 2.0),
        yes: true,
        array: [1, 2],
        addresses: (Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST),
        boxed: Box::new(Be(3)),
        never: (NonZeroU16::MIN, NonZeroI32::MIN),
        nested: Le(4),
        unit: Unit,
    };
    let mut bytes = vec![1];
    bytes.extend(2u16.to_be_bytes());
    bytes.extend(3u32.to_be_bytes());
    bytes.extend(4u64.to_be_bytes());
    bytes.extend(5u128.to_be_bytes());
    bytes.push(255);
    bytes.extend((-2i16).to_be_bytes());
    bytes.extend((-3i32).to_be_bytes());
    bytes.extend((-4i64).to_be_bytes());
    bytes.extend((-5i128).to_be_bytes());
    bytes.extend(1f32.to_be_bytes());
    bytes.extend(2f64.to_be_bytes());
    bytes.extend(
        b"\x01\0\x01\0\x02\x7f\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\x03\0\x01\x80\0\0\0\x04\0",
    );
    both(bare, &bytes);
    both(
        Aliases {
            id: 1,
            size: Auto::new(),
            name: text("ab"),
            ids: vec![2],
            flag: true,
            low: 3,
            maybe: Some(4),
            body: vec![5],
        },
        b"\0\x01\x02ab\x01\0\x02\x80\x03\0\x04\x01\x05",
    );
    both(
        Containers {
            boxed: [1].into(),
            shared: [2].into(),
            queue: [3].into(),
            text: "a".into(),
            name: "b".into(),
            bytes: bytes::Bytes::from_static(b"c"),
            raw: [7].into(),
            last: [8].into(),
        },
        b"\x01\0\x01\x01\0\x02\x01\0\x03\x01a\x01b\0\0\0\x01c\x07\0\x08",
    );
    let borrowed = Borrowed { bytes: b"a", text: "b", cow: Cow::Borrowed(b"c"), last: "d".into() };
    assert_eq!(borrowed.to_vec().unwrap(), b"\x01ab\0\x01cd");
    assert_eq!(Borrowed::decode(b"\x01ab\0\x01cd").unwrap(), borrowed);
}

/// A length in units of two bytes.
#[derive(Frame, Debug, PartialEq, Clone)]
struct Units(u8);

impl TryFrom<usize> for Units {
    type Error = &'static str;

    fn try_from(len: usize) -> Result<Self, Self::Error> {
        u8::try_from(len / 2).map(Self).map_err(|_| "too long")
    }
}

impl From<Units> for usize {
    fn from(units: Units) -> Self {
        Self::from(units.0) * 2
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Prefixed {
    #[len_prefixed]
    plain: Vec<u8>,
    #[len_prefixed(u16, inclusive)]
    inclusive: Vec<u8>,
    #[len_prefixed(u8, max = 4)]
    bounded: String,
    #[len_prefixed(u8, scale = 4, bias = 1)]
    scaled: Vec<u8>,
    #[len_prefixed(i16, none = -1)]
    absent: Option<String>,
    #[len_prefixed(Units)]
    units: Vec<u8>,
    #[len_prefixed(varint)]
    varint: String,
    #[len_prefixed(varint(u64))]
    wide: String,
    #[len_prefixed(u24)]
    nested: Be,
    #[len_prefixed(u8, lenient)]
    lenient: Be,
    #[count_prefixed(u16, max = 9)]
    counted: Vec<u16>,
    #[count_prefixed(i8, none = -1)]
    none: Option<Vec<u8>>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Extents {
    size: u8,
    #[len(size)]
    sized: String,
    #[count(size + 1)]
    counted: Vec<u16>,
    #[fixed(4)]
    filled: String,
    #[fixed(4, fill = b' ')]
    spaces: Vec<u8>,
    #[fixed(4, until = 0)]
    c_string: String,
    #[len(size + 2, until = b"@")]
    user: String,
    #[fixed(4)]
    exact: Vec<u16>,
    #[fixed(4, fill = 0xff)]
    list: Vec<u16>,
    #[fixed(4, fill = 0)]
    frame: Be,
    #[rest]
    rest: Vec<u8>,
    #[checksum(Sum8, over = size)]
    trailer: Auto<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Item {
    id: u8,
    last: bool,
}

const END: Item = Item { id: 0, last: true };

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Ends {
    #[until(b"\r\n")]
    line: String,
    #[until(0)]
    zero: Vec<u8>,
    #[until(b"\r\n" | b"\n")]
    any: String,
    #[until(b";", left)]
    left: String,
    #[magic(b";")]
    semicolon: Auto,
    #[until(|item| item.last)]
    kept: Vec<Item>,
    #[until(|label| label.is_empty())]
    #[each(len_prefixed(u8))]
    labels: Vec<Vec<u8>>,
    #[until(END)]
    items: Vec<Item>,
    #[until(0xffff)]
    numbers: Vec<u16>,
    #[until(b"\r\n")]
    #[separated(b" ")]
    words: Vec<String>,
    #[len_prefixed(u8)]
    #[separated(b", ")]
    #[wire(dec)]
    values: Vec<u16>,
    #[len_prefixed(u8)]
    value: Value,
    #[until(b"\n", optional)]
    last: String,
}

#[derive(Frame, Debug, PartialEq)]
struct Value {
    #[until(b" ", between)]
    key: String,
    #[until(b" ", between)]
    #[optional]
    id: Option<String>,
}

#[test]
fn where_values_end() {
    let prefixed = Prefixed {
        plain: vec![1],
        inclusive: vec![2],
        bounded: text("ab"),
        scaled: vec![1, 2, 3, 4],
        absent: None,
        units: vec![1, 2],
        varint: text("v"),
        wide: text("w"),
        nested: Be(3),
        lenient: Be(4),
        counted: vec![5],
        none: None,
    };
    both(
        prefixed,
        b"\0\0\0\x01\x01\0\x03\x02\x02ab\x02\x01\x02\x03\x04\xff\xff\x01\x01\x02\x01v\x01w\0\0\x02\0\x03\x02\0\x04\0\x01\0\x05\xff",
    );
    let extents = Extents {
        size: 1,
        sized: text("a"),
        counted: vec![1, 2],
        filled: text("ab"),
        spaces: b"cd".to_vec(),
        c_string: text("ef"),
        user: text("g"),
        exact: vec![3, 4],
        list: vec![5],
        frame: Be(6),
        rest: vec![7, 8],
        trailer: Auto::new(),
    };
    both(extents, b"\x01a\0\x01\0\x02ab\0\0cd  ef\0\0g@\0\0\x03\0\x04\0\x05\xff\xff\0\x06\0\0\x07\x08\x01");
    let ends = |id: Option<&str>| Ends {
        line: text("a"),
        zero: vec![1],
        any: text("b"),
        left: text("c"),
        semicolon: Auto::new(),
        kept: vec![Item { id: 1, last: false }, Item { id: 2, last: true }],
        labels: vec![vec![7], vec![]],
        items: vec![Item { id: 3, last: false }],
        numbers: vec![4],
        words: vec![text("d"), text("e")],
        values: vec![5, 60],
        value: Value { key: text("k"), id: id.map(text) },
        last: text("f"),
    };
    let front = b"a\r\n\x01\0b\r\nc;\x01\0\x02\x01\x01\x07\0\x03\0\0\x01\0\x04\xff\xffd e\r\n\x055, 60";
    both(ends(None), &[front, b"\x01kf\n".as_slice()].concat());
    both(ends(Some("i")), &[front, b"\x03k if\n".as_slice()].concat());
    assert_eq!(Ends::decode(&[front, b"\x01kf".as_slice()].concat()).unwrap(), ends(None));
}
