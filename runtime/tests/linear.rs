//! Incremental decoding is linear in the bytes, however they are cut up.

use std::cell::Cell;

use framewright::prelude::*;
use framewright::stream::Framer;

thread_local! {
    /// How often a counted field has been decoded on this thread.
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

/// The walk does not know what an expression comes to, so these are measured
/// one by one.
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

/// Feeds a frame in pieces and gives how often its counted fields were decoded.
fn decoded<T: Frame + PartialEq + std::fmt::Debug>(value: &T, piece: usize) -> usize {
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

/// However it is cut up, a frame of `items` counted fields decodes each a
/// bounded number of times: once when the first attempt finds the frame
/// incomplete, once or twice when it is walked, once when it is complete.
fn is_linear<T: Frame + PartialEq + std::fmt::Debug>(value: &T, items: usize) {
    assert_eq!(decoded(value, usize::MAX), items);
    for piece in [1, 100, 1460] {
        let decoded = decoded(value, piece);
        assert!((items..=4 * items + 4).contains(&decoded), "{decoded} for {items} in pieces of {piece}");
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

#[test]
fn lists_in_lists() {
    is_linear(&Nested { lists: (0..200).map(|_| list(50)).collect(), line: "x".repeat(10_000) }, 10_000);
}

#[test]
fn items_whose_end_hangs_on_an_expression() {
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

/// The walk cannot resolve the constant, and must not take the catch-all for it.
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
