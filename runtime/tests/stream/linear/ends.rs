//! Lists that end with a certain item.

use framewright::prelude::*;
use framewright::stream::Framer;

use super::{Counted, DECODED, is_linear};

/// The items have context, nested lists, or a size that an earlier field gives.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct UpToItem {
    width: u8,
    #[until(|square| square.kind == 0)]
    #[ctx(width)]
    squares: Vec<Square>,
    #[until(|row| row.is_empty())]
    #[each(count_prefixed(u8), each(len(width)))]
    rows: Vec<Vec<Vec<u8>>>,
    #[until(|number| *number == 0)]
    #[each(wire(bytes(width)))]
    numbers: Vec<u32>,
    #[until(|choice| matches!(choice, Choice::End))]
    #[each(ctx(width))]
    choices: Vec<Choice>,
    behind: u16,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, ctx(width: u8))]
struct Square {
    kind: u8,
    #[wire(u8)]
    id: Counted,
    #[len(width)]
    body: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, tag = u8, ctx(width: u8))]
enum Choice {
    #[tag(0)]
    End,
    #[tag(1)]
    More(#[len(width)] Vec<u8>),
}

fn up_to_item(items: usize) -> UpToItem {
    let last =
        |count: usize, item: fn(u8) -> u8| (0..count).map(move |index| item(u8::from(index + 1 < count)));
    UpToItem {
        width: 2,
        squares: last(items, |kind| kind)
            .map(|kind| Square { kind, id: Counted(kind), body: vec![7, 8] })
            .collect(),
        rows: last(items, |kind| kind).map(|kind| vec![vec![1, 2]; kind.into()]).collect(),
        numbers: last(items, |kind| kind).map(u32::from).collect(),
        choices: last(items, |kind| kind)
            .map(|kind| if kind == 0 { Choice::End } else { Choice::More(vec![3, 4]) })
            .collect(),
        behind: 9,
    }
}

#[test]
fn lists_that_end_with_an_item_with_context() {
    is_linear(&up_to_item(5_000), 5_000);
}

/// A list of frames keeps its last item, and a list of numbers drops it.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Ended<'a> {
    #[until(|item| item.id.0 == 255)]
    items: Vec<Part<'a>>,
    #[until(0)]
    #[wire(varint)]
    numbers: Vec<u32>,
    #[until(Label { id: Counted(0), name: String::new() })]
    labels: Vec<Label>,
    tail: u64,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Part<'a> {
    #[wire(u8)]
    id: Counted,
    #[len_prefixed(u8)]
    body: &'a [u8],
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Label {
    #[wire(u8)]
    id: Counted,
    #[len_prefixed(u8)]
    name: String,
}

#[test]
fn lists_that_end_with_an_item() {
    let part = |id: usize| Part { id: Counted(id.to_le_bytes()[0] % 255), body: b"abc" };
    let mut items: Vec<_> = (0..10_000).map(part).collect();
    items.push(Part { id: Counted(255), body: b"" });
    let labels = (0..10_000).map(|_| Label { id: Counted(1), name: "ab".into() }).collect();
    let bytes = Ended { items, numbers: (1..10_000).collect(), labels, tail: 3 }.to_vec().unwrap();
    for piece in [1, 100, 1460] {
        let mut framer = Framer::new();
        DECODED.set(0);
        let mut done = false;
        for piece in bytes.chunks(piece) {
            assert!(!done);
            framer.room().extend_from_slice(piece);
            done = framer.next_frame::<Ended<'_>>().unwrap().is_some();
        }
        assert!(done && DECODED.get() <= 10 * 20_001, "{} in pieces of {piece}", DECODED.get());
    }
}
