//! Tests that compare the walk with a model, which knows the end of the frame because it has
//! encoded the frame. Bytes arrive in pieces of any size. The walk is called with and without new
//! bytes, and is sometimes discarded. Its result must never contradict the model.

use std::string::String;
use std::vec::Vec;

use proptest::prelude::*;

use super::{Reach, Walk, is_worth_it};
use crate::budget::Budget;
use crate::prelude::*;
use crate::support::measure_by;
use crate::testing::samples;

/// A function that the schema cannot call.
fn half(n: u8) -> usize {
    usize::from(n / 2)
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Item {
    id: u8,
    #[len_prefixed(varint)]
    body: Vec<u8>,
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Lists {
    #[count_prefixed(u8)]
    items: Vec<Item>,
    #[count_of(numbers)]
    count: Auto<u16>,
    #[len_of(line..)]
    len: Auto<u16>,
    #[wire(varint)]
    numbers: Vec<u32>,
    line: Line,
    pair: (u8, Item),
    grid: [[Item; 2]; 2],
    #[count_prefixed(u8)]
    rows: Vec<Row>,
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Row {
    id: u8,
    cells: [Item; 2],
    tail: u16,
}

#[derive(Frame, Debug)]
struct Line(#[until(b"\r\n" | b"\n")] String);

/// Lists that end with an item, and delimiters of several kinds.
#[derive(Frame, Debug)]
#[frame(be)]
struct Ended {
    #[until(|line: &Line| line.0.is_empty())]
    lines: Vec<Line>,
    #[until(0)]
    #[wire(varint)]
    numbers: Vec<u32>,
    #[until(b"--")]
    text: String,
    #[until(b";", left)]
    left: String,
    #[magic(b";")]
    end: Auto,
}

/// Ends that depend on expressions outside of the schema.
#[derive(Frame, Debug)]
#[frame(be)]
struct Opaque {
    n: u8,
    #[count(half(n))]
    items: Vec<Measured>,
    #[when(half(n) > 3)]
    more: Option<Ended>,
    #[len(half(n))]
    body: Vec<u8>,
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Measured {
    n: u8,
    #[len(half(n))]
    body: Vec<u8>,
    #[until(0)]
    name: String,
}

/// Optional values that are recognised by a lead, or by the value of their prefix.
#[derive(Frame, Debug)]
#[frame(be)]
struct Absent {
    #[lead(b"++")]
    #[until(b"\n")]
    note: Option<String>,
    #[lead(b"-")]
    #[wire(varint)]
    number: Option<u64>,
    #[count_prefixed(varint, none = 5)]
    items: Option<Vec<Item>>,
    #[len_prefixed(u16, none = 0xffff)]
    body: Option<Vec<u8>>,
    tail: u16,
}

/// Nested frames, with a tag and context.
#[derive(Frame, Debug)]
#[frame(be, tag = u8)]
enum Tree {
    #[tag(1)]
    Leaf(Item),
    #[tag(2)]
    Branch {
        width: u8,
        #[count_prefixed(u8)]
        kids: Vec<Tree>,
        #[count_prefixed(u8)]
        #[ctx(width)]
        cells: Vec<Cell>,
    },
    #[tag(3)]
    Text {
        #[until(b"\n")]
        text: String,
    },
}

#[derive(Frame, Debug)]
#[frame(be, ctx(width: u8))]
struct Cell {
    #[len(width)]
    bytes: Vec<u8>,
    #[until(0)]
    name: String,
}

/// Something that happens to a walk.
#[derive(Clone, Debug)]
enum Event {
    /// This many bytes arrive.
    Arrive(usize),
    /// The walk is called without new bytes.
    Ask,
    /// The walk is discarded.
    Forget,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        6 => (1..4_usize).prop_map(Event::Arrive),
        2 => (4..40_usize).prop_map(Event::Arrive),
        1 => Just(Event::Ask),
        1 => Just(Event::Forget),
    ];
    prop::collection::vec(event, 1..60)
}

/// Repeats the events until all bytes have arrived, and checks each result of the walk. `end` is
/// the end of the frame, if known.
fn live<T: OwnedFrame>(bytes: &[u8], end: Option<usize>, events: &[Event]) -> Result<(), TestCaseError> {
    assert!(is_worth_it(T::SCHEMA));
    let budget = Budget::new(1 << 20);
    let measure = |input| measure_by(&T::parse_from, input, &budget);
    let (mut walk, mut here, mut wanted) = (Walk::new(T::SCHEMA), 0, 0);
    for event in events.iter().chain([&Event::Arrive(1)]).cycle() {
        match event {
            Event::Arrive(more) => here = bytes.len().min(here + more),
            Event::Ask => {}
            Event::Forget => (walk, wanted) = (Walk::new(T::SCHEMA), 0),
        }
        let input = &bytes[..here];
        let reach = walk.advance(input, &measure, &budget);
        let afresh = Walk::new(T::SCHEMA).advance(input, &measure, &budget);
        match (reach, afresh) {
            (Reach::AtLeast(need), Reach::AtLeast(fresh)) => {
                prop_assert!(need > here && fresh > here, "{need} and {fresh} of {here}");
                prop_assert!(need >= wanted, "{need} after {wanted}");
                if let Some(end) = end {
                    prop_assert!(need <= end && fresh <= end, "{need} and {fresh} of a frame of {end}");
                }
                wanted = need;
            }
            (reach, fresh) => prop_assert_eq!(reach, fresh, "{} bytes", here),
        }
        if let (Some(end), Reach::Known) = (end, reach) {
            prop_assert!(here >= end, "{} of {} bytes", here, end);
        }
        // The walk must not wait for more bytes of a complete frame.
        if T::parse(input).is_ok() {
            prop_assert_eq!(reach, Reach::Known, "{} bytes", here);
        }
        if reach == Reach::Known || here == bytes.len() {
            break;
        }
    }
    Ok(())
}

/// Runs the events with a frame, and with a damaged copy of it.
fn lives<T: OwnedFrame>(seed: u64, events: &[Event], changes: &[(usize, u8)]) -> Result<(), TestCaseError> {
    for sample in samples::<T>(seed, 3) {
        let mut bytes = sample.to_vec().unwrap();
        let end = bytes.len();
        bytes.extend_from_slice(b"behind it\r\n\0;");
        live::<T>(&bytes, Some(end), events)?;
        for (at, byte) in changes {
            let at = at % end.max(1);
            bytes[at] = *byte;
        }
        live::<T>(&bytes, None, events)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_continues_where_it_stopped(
        seed in any::<u64>(),
        events in events(),
        changes in prop::collection::vec((any::<usize>(), any::<u8>()), 0..4),
    ) {
        lives::<Lists>(seed, &events, &changes)?;
        lives::<Ended>(seed, &events, &changes)?;
        lives::<Opaque>(seed, &events, &changes)?;
        lives::<Absent>(seed, &events, &changes)?;
        lives::<Tree>(seed, &events, &changes)?;
    }
}
