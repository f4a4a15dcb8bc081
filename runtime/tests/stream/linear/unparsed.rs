//! Lists whose items are not parsed singly.

use framewright::prelude::*;
use framewright::stream::Framer;

use super::{Counted, DECODED, decoded};

/// Returns the length of a body. The schema cannot represent calls, so the walk cannot evaluate
/// this.
fn half(len: u8) -> usize {
    usize::from(len / 2)
}

/// A generic frame. The items of a list of such frames are not parsed singly, so each read begins
/// at the start of the list.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Generic<T> {
    #[wire(u8)]
    id: Counted,
    len: u8,
    #[len(half(len))]
    body: Vec<u8>,
    behind: T,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Generics {
    #[count_prefixed(u32)]
    items: Vec<Generic<u16>>,
}

fn generics(items: usize) -> Generics {
    generics_of(items, 3)
}

/// Creates items with a body of this size.
fn generics_of(items: usize, body: u8) -> Generics {
    let item = |id: usize| Generic {
        id: Counted(id.to_le_bytes()[0]),
        len: body * 2,
        body: vec![1; usize::from(body)],
        behind: 5,
    };
    Generics { items: (0..items).map(item).collect() }
}

#[test]
fn items_that_are_not_parsed_singly_cost_a_bounded_amount_of_work() {
    // Large items, because the bytes are limited and each item takes time.
    let bytes = generics_of(1_000, 120).to_vec().unwrap();
    let mut framer = Framer::new();
    DECODED.set(0);
    let mut pieces = bytes.chunks(1);
    let error = loop {
        framer.room().extend_from_slice(pieces.next().expect("an error before the end"));
        if let Err(error) = framer.next_frame::<Generics>() {
            break error.to_string();
        }
    };
    assert!(error.contains("it arrives in too many pieces"), "{error}");
    let arrived = bytes.len() - pieces.len();
    // Attempts may read 16 MiB, and 513 bytes for each that has arrived. Each item has 124 bytes. Each
    // read also decodes the beginning of one that is still arriving.
    let most = (16 * 1024 * 1024 + 513 * arrived) / 124 + arrived;
    assert!((most / 2..=most).contains(&DECODED.get()), "{} of {most} in {arrived} bytes", DECODED.get());
}

#[test]
fn items_that_are_not_parsed_singly_arrive_in_packets() {
    let generics = generics(20_000);
    let decoded = decoded(&generics, 1460);
    assert!(decoded > 20_000, "{decoded}");
}
