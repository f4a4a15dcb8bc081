//! Tests that the cost of incremental decoding is linear in the number of bytes, however they are
//! cut.

mod ends;
mod unparsed;

use std::cell::Cell;

use framewright::prelude::*;
use framewright::stream::Framer;

thread_local! {
    /// The number of counted fields that have been decoded on this thread.
    static DECODED: Cell<usize> = const { Cell::new(0) };
}

/// A byte that counts how often it is decoded.
#[derive(Debug, PartialEq, Clone, Copy)]
struct Counted(u8);

impl From<u8> for Counted {
    fn from(byte: u8) -> Self {
        DECODED.set(DECODED.get() + 1);
        Self(byte)
    }
}

impl From<Counted> for u8 {
    fn from(counted: Counted) -> Self {
        counted.0
    }
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Item {
    #[wire(u8)]
    id: Counted,
    #[len_prefixed(u8)]
    body: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct List {
    kind: u8,
    #[count_prefixed(u32)]
    items: Vec<Item>,
    tail: u16,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Nested {
    #[count_prefixed(varint)]
    lists: Vec<List>,
    #[until(b"\r\n")]
    line: String,
}

/// Items whose length is an expression, so the walk measures them one by one.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Odd {
    #[wire(u8)]
    id: Counted,
    len: u8,
    #[len(len / 2)]
    body: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Odds {
    #[count_prefixed(u32)]
    items: Vec<Odd>,
}

#[test]
fn items_with_words_of_their_own() {
    let item = |id| Item { id: Counted(id), body: vec![id; 20] };
    let each = Each {
        id: Counted(1),
        width: 3,
        words: (0..200u8).map(item).collect(),
        rows: vec![vec![1, 2, 3]; 2000],
        cells: vec![Measured { id: Counted(7), body: vec![1, 2, 3] }; 200],
        labels: [vec![vec![1, 2]; 1000], vec![vec![]]].concat(),
    };
    is_linear(&each, 401);
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(1)]
    Lines {
        #[wire(u8)]
        id: Counted,
        #[count_prefixed(u16)]
        lines: Vec<Line>,
    },
    #[tag(2)]
    Bye,
}

#[derive(Frame, Debug, PartialEq)]
struct Line(#[until(b"\n")] String);

/// Lists whose items have words, and lists whose items have context.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Each {
    #[wire(u8)]
    id: Counted,
    width: u8,
    #[count_prefixed(u32)]
    #[each(len_prefixed(u8))]
    words: Vec<Item>,
    #[count_prefixed(u32)]
    #[each(len(width))]
    rows: Vec<Vec<u8>>,
    #[count_prefixed(u32)]
    #[ctx(width)]
    cells: Vec<Measured>,
    #[until(|word: &Vec<u8>| word.is_empty())]
    #[each(len_prefixed(u8))]
    labels: Vec<Vec<u8>>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, ctx(width: u8))]
struct Measured {
    #[wire(u8)]
    id: Counted,
    #[len(width)]
    body: Vec<u8>,
}

/// Feeds a frame in pieces. Returns how often its counted fields were decoded.
fn decoded<T: OwnedFrame + PartialEq + std::fmt::Debug>(value: &T, piece: usize) -> usize {
    let bytes = value.to_vec().unwrap();
    let mut framer = Framer::new().limit(bytes.len());
    DECODED.set(0);
    let mut frames = Vec::new();
    for piece in bytes.chunks(piece) {
        framer.room().extend_from_slice(piece);
        while let Some(frame) = framer.next_frame::<T>().unwrap() {
            frames.push(frame);
        }
    }
    let decoded = DECODED.get();
    assert_eq!(frames, [value].map(|value| T::decode(&value.to_vec().unwrap()).unwrap()));
    decoded
}

/// Lists with one item for each element of other lists.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Beside {
    #[count_prefixed(u16)]
    sizes: Vec<u8>,
    #[each(size in sizes, ctx(size))]
    parts: Vec<Measured>,
    #[count_of(wide)]
    count: Auto<u16>,
    #[wire(varint)]
    wide: Vec<u16>,
    #[each(size in wide, len(size))]
    texts: Vec<String>,
    fixed: [u16; 3],
    #[each(size in fixed, len(size))]
    bodies: Vec<Vec<u8>>,
    behind: u16,
}

#[test]
fn lists_with_one_item_for_each_element_of_another() {
    let sizes: Vec<u8> = (0..3_000u16).map(|index| u8::try_from(index % 3).unwrap()).collect();
    let part = |size: &u8| Measured { id: Counted(7), body: vec![1; (*size).into()] };
    let wide: Vec<u16> = (0..500).map(|index| if index % 7 == 0 { 300 } else { 0 }).collect();
    let beside = Beside {
        parts: sizes.iter().map(part).collect(),
        sizes,
        count: Auto::new(),
        texts: wide.iter().map(|size| "x".repeat((*size).into())).collect(),
        wide,
        fixed: [0, 5, 0],
        bodies: vec![vec![], vec![9; 5], vec![]],
        behind: 7,
    };
    is_linear(&beside, 3_000);
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Sizes {
    #[count_prefixed(i16)]
    sizes: Vec<u8>,
    #[each(size in sizes, len(size))]
    parts: Vec<Vec<u8>>,
    #[len_of(last..)]
    len: Auto<u8>,
    #[lead(b"ab")]
    last: Option<u8>,
}

/// The walk may be ahead of the bytes, but not of the sizes that it needs.
#[test]
fn the_elements_arrive_one_by_one() {
    for sizes in [&[5, 5, 1][..], &[1, 0, 0, 9], &[255, 2], &[0, 0, 0]] {
        let parts = sizes.iter().map(|size| vec![7; usize::from(*size)]).collect();
        let value = Sizes { sizes: sizes.to_vec(), parts, len: Auto::new(), last: None };
        for piece in 1..4 {
            decoded(&value, piece);
        }
    }
}

/// Checks that each counted field of a frame with `items` of them is decoded a bounded number of
/// times, in whatever pieces the frame arrives: once when the first attempt finds the frame
/// incomplete, up to three times by the walk, and once when the frame is complete.
fn is_linear<T: OwnedFrame + PartialEq + std::fmt::Debug>(value: &T, items: usize) {
    assert_eq!(decoded(value, usize::MAX), items);
    for piece in [1, 100, 1460] {
        let decoded = decoded(value, piece);
        assert!((items..=5 * items + 4).contains(&decoded), "{decoded} for {items} in pieces of {piece}");
    }
}

fn list(items: usize) -> List {
    let item = |id: usize| Item { id: Counted(id.to_le_bytes()[0]), body: vec![7; id % 5] };
    List { kind: 1, items: (0..items).map(item).collect(), tail: 9 }
}

#[test]
fn a_long_list_without_an_outer_length() {
    is_linear(&list(100_000), 100_000);
}

/// A tuple struct. Its fields refer to each other as `_1` and `_3`.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Tuple(#[count_of(_1)] Auto<u32>, Vec<Item>, #[len_of(_3)] Auto<u16>, String);

#[test]
fn lists_in_tuples() {
    is_linear(&Tuple(Auto::new(), list(10_000).items, Auto::new(), "end".into()), 10_000);
}

#[test]
fn lists_in_lists() {
    is_linear(&Nested { lists: (0..200).map(|_| list(50)).collect(), line: "x".repeat(10_000) }, 10_000);
}

#[test]
fn items_whose_size_is_an_expression() {
    let item = |id: usize| Odd { id: Counted(id.to_le_bytes()[0]), len: 6, body: vec![1; 3] };
    is_linear(&Odds { items: (0..10_000).map(item).collect() }, 10_000);
}

#[test]
fn lines_of_an_enum() {
    let lines = |count: usize| (0..count).map(|at| Line("x".repeat(at % 50))).collect();
    is_linear(&Message::Lines { id: Counted(1), lines: lines(10_000) }, 1);
    assert_eq!(decoded(&Message::Bye, 1), 0);
}

const SPECIAL: u8 = 7;

/// An enum with a constant as a tag. The walk must not choose the catch-all variant for this tag.
#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8)]
enum Named {
    #[tag(SPECIAL)]
    Special {
        #[count_prefixed(u8)]
        lines: Vec<Line>,
    },
    #[tag(_)]
    Other {
        #[tag]
        kind: u8,
        #[len_prefixed(u64)]
        body: Vec<u8>,
        #[until(0)]
        name: String,
    },
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Outer {
    #[count_prefixed(u8)]
    all: Vec<Named>,
}

#[test]
fn constants_as_tags() {
    let lines = || vec![Line("a".into()), Line(String::new())];
    decoded(&Named::Special { lines: lines() }, 1);
    let other = Named::Other { kind: 1, body: vec![1; 300], name: "x".into() };
    decoded(&Outer { all: vec![Named::Special { lines: lines() }, other] }, 1);
}

/// The schema cannot represent the condition of `note`, so only the parser knows the frame after
/// `kind`. The walk must not search for a delimiter before the parser has run.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Noted {
    #[wire(u8)]
    kind: Counted,
    #[when(kind.0 > 1)]
    #[until(b"\r\n")]
    note: Option<String>,
    #[len(usize::from(kind.0) * 2)]
    body: Vec<u8>,
    #[until(0)]
    name: String,
    tail: u32,
}

#[test]
fn delimiters_behind_expressions() {
    let (body, name) = (vec![9; 14], "y".repeat(40_000));
    let noted = Noted { kind: Counted(7), note: Some("x".repeat(40_000)), body, name, tail: 1 };
    is_few(&noted, 20);
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Behind {
    kind: u8,
    #[when(kind > 1)]
    items: Option<Pair>,
    #[count(usize::from(kind) * 20_000)]
    odds: Vec<Odd>,
    #[until(b"\n")]
    line: String,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Pair {
    #[count_prefixed(u32)]
    items: Vec<Item>,
    #[count_prefixed(u32)]
    #[wire(varint)]
    numbers: Vec<u32>,
}

#[test]
fn lists_behind_expressions() {
    let odd = |id: usize| Odd { id: Counted(id.to_le_bytes()[0]), len: 6, body: vec![1; 3] };
    let pair = Pair { items: list(20_000).items, numbers: (0..20_000).collect() };
    let odds = (0..40_000).map(odd).collect();
    is_few(&Behind { kind: 2, items: Some(pair), odds, line: "z".repeat(5000) }, 10 * 60_000);
}

/// Checks that counted fields are decoded at most `most` times, in whatever pieces the frame
/// arrives.
fn is_few<T: OwnedFrame + PartialEq + std::fmt::Debug>(value: &T, most: usize) {
    for piece in [1, 100, 1460] {
        let decoded = decoded(value, piece);
        assert!(decoded <= most, "{decoded} in pieces of {piece}");
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Grouped {
    pair: (List, u8),
    lists: [[List; 2]; 2],
}

#[test]
fn lists_in_tuples_and_arrays() {
    let lists = [[list(10_000), list(1)], [list(10_000), list(10_000)]];
    is_few(&Grouped { pair: (list(10_000), 1), lists }, 10 * 40_001);
}

/// Items with an array of frames, within which a piece may end.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Row {
    #[wire(u8)]
    id: Counted,
    cells: [Item; 4],
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Rows {
    #[count_prefixed(u32)]
    rows: Vec<Row>,
}

#[test]
fn items_behind_one_that_is_cut_within_an_array() {
    let cell = |id| Item { id: Counted(id), body: vec![7; 9] };
    let row = |_| Row { id: Counted(1), cells: [2, 3, 4, 5].map(cell) };
    let (rows, fields) = (Rows { rows: (0..2_000).map(row).collect() }, 5 * 2_000);
    is_linear(&rows, fields);
    // A walk through the schema decodes no fields. The parser, which is many times faster, decodes
    // them once more than the frame does.
    let decoded = decoded(&rows, 1460);
    assert!(decoded > fields * 19 / 10, "only {decoded} for {fields}: rows were walked through");
}

/// An enum whose tag byte is also the delimiter of the frame.
#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8, until(b"\n"))]
enum Tagged {
    #[tag(b'\n')]
    Text {
        #[rest]
        text: String,
    },
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Titled {
    #[wire(u8)]
    id: Counted,
    text: Tagged,
}

#[test]
fn tags_that_are_delimiters() {
    is_few(&Titled { id: Counted(1), text: Tagged::Text { text: "x".repeat(20_000) } }, 10);
}
