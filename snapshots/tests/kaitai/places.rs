//! Positions and sizes: parts with their own size, fields at an offset, fields at the end, and both
//! byte orders.

use framewright::Order;
use framewright::prelude::*;

use super::{holds, sample};

/// Blocks that keep the bytes after their fields, so that encoding writes them again.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Buffered {
    #[len_prefixed(u32)]
    first: Block,
    #[len_prefixed(u32)]
    second: Block,
    last: u32,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Block {
    one: u32,
    two: u32,
    #[rest]
    behind: Vec<u8>,
}

/// Two parts of fixed size, each with a number at its end.
#[derive(Frame, Debug, PartialEq, Clone)]
struct Parts {
    #[fixed(16)]
    first: Part,
    #[fixed(14)]
    second: Part,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Part {
    #[until(0)]
    name: String,
    #[rest]
    body: Vec<u8>,
    number: u16,
}

/// A frame whose index is at its end.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct FromTheEnd {
    #[rest]
    data: Vec<u8>,
    foo: u32,
    bar: u32,
}

#[test]
fn parts_of_a_size() {
    let behind = vec![0xff; 8];
    let first = Block { one: 0x42, two: 0x43, behind };
    let second = Block { one: 0x44, two: 0x45, behind: vec![] };
    holds(sample!("buffered_struct"), Buffered { first, second, last: 0xee });
    let part = |name: &str, body: &[u8], number| Part { name: name.into(), body: body.to_vec(), number };
    let parts =
        Parts { first: part("CURIOSITY", b"\x11\x22\x33\x44", 66), second: part("KILLED", b"a cat", 103) };
    holds(sample!("expr_io_pos"), parts);
    let data = (1..=13).collect();
    holds(sample!("position_to_end"), FromTheEnd { data, foo: 66, bar: 0x1234 });
}

/// A field at an offset. The bytes before it are kept, so that encoding writes them again.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct AtOffset {
    #[offset_of(text)]
    at: Auto<u32>,
    #[rest]
    between: Vec<u8>,
    #[until(0)]
    text: String,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Entries {
    #[offset_of(entries)]
    at: Auto<u32>,
    size: u32,
    #[count_of(entries)]
    count: Auto<u32>,
    #[rest]
    between: Vec<u8>,
    #[each(len(size))]
    entries: Vec<Vec<u8>>,
}

/// Entries with the offsets of texts. A declaration cannot relate these offsets to the texts, so
/// the texts are a separate list.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Texts {
    #[count_prefixed(u32)]
    entries: Vec<Entry>,
    #[rest]
    #[each(until(0))]
    texts: Vec<String>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Entry {
    offset: u32,
    #[wire(be)]
    number: i32,
}

/// A count after the numbers that it counts. A declaration cannot express this, so the count is an
/// ordinary number.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct CountAfter {
    numbers: [u8; 3],
    between: [u8; 13],
    count: u32,
    #[rest]
    behind: Vec<u8>,
}

#[test]
fn values_at_an_offset() {
    let at = AtOffset { at: Auto::new(), between: vec![0xff; 28], text: "foo".into() };
    holds(sample!("position_abs"), at);
    let entries = [0x11, 0x22, 0x33].map(|byte| vec![byte; 4]).to_vec();
    let entries = Entries { at: Auto::new(), size: 4, count: Auto::new(), between: vec![0xff; 4], entries };
    holds(sample!("instance_std_array"), entries);
    let entries = [(0, -1), (4, -2), (10, -3)].map(|(offset, number)| Entry { offset, number });
    let texts = ["the", "rainy", "day it is"].map(String::from).to_vec();
    holds(sample!("instance_io"), Texts { entries: entries.to_vec(), texts });
    let after = CountAfter { numbers: [1, 2, 3], between: [0xff; 13], count: 3, behind: vec![0xff; 12] };
    holds(sample!("position_in_seq"), after);
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Document {
    mark: Mark,
    #[ctx(if matches!(mark, Mark::Intel) { Order::Little } else { Order::Big })]
    numbers: Numbers,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(tag = [u8; 2])]
enum Mark {
    #[tag(b"II")]
    Intel,
    #[tag(_)]
    Other([u8; 2]),
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(order = order, ctx(order: Order))]
struct Numbers {
    number: u32,
    #[wire(be)]
    big: u16,
    #[wire(le)]
    little: u16,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Documents(#[rest] Vec<Document>);

#[test]
fn either_byte_order() {
    let numbers = Numbers { number: 66, big: 66, little: 66 };
    let documents = [Mark::Intel, Mark::Other(*b"MM"), Mark::Other(*b"XX")]
        .map(|mark| Document { mark, numbers: numbers.clone() });
    holds(sample!("endian_expr"), Documents(documents.to_vec()));
}

/// Compressed bytes between two numbers. In the declaration they are bytes, which user code
/// decompresses.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Surrounded {
    before: u32,
    #[rest]
    packed: Vec<u8>,
    behind: u32,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(magic = b"\x78\x9c")]
struct Packed(#[rest] Vec<u8>);

#[test]
fn packed_bytes() {
    let surrounded = sample!("zlib_surrounded");
    let packed = surrounded[4..16].to_vec();
    holds(surrounded, Surrounded { before: 0, packed, behind: 0 });
    let packed = sample!("zlib_with_header_78");
    holds(packed, Packed(packed[2..].to_vec()));
}
