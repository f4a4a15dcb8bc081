//! A list with a count and a thousand small items, each with a length prefix.

use framewright::prelude::*;

use crate::case::{Case, Layout, Operation, Subject, used};

mod by_hand;
#[cfg(feature = "peers")]
mod peers;
mod with_nom;

#[derive(Frame, Debug)]
#[frame(be)]
struct Borrowed<'a> {
    #[count_prefixed(u16)]
    items: Vec<BorrowedItem<'a>>,
}

#[derive(Frame, Debug)]
struct BorrowedItem<'a> {
    #[len_prefixed(u8)]
    text: &'a [u8],
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Owned {
    #[count_prefixed(u16)]
    items: Vec<Item>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
struct Item {
    #[len_prefixed(u8)]
    text: Vec<u8>,
}

impl From<Borrowed<'_>> for Owned {
    fn from(Borrowed { items }: Borrowed<'_>) -> Self {
        Self { items: items.into_iter().map(|item| Item { text: item.text.to_vec() }).collect() }
    }
}

pub(super) fn cases() -> Vec<Case> {
    let items = (0..1000_u16).map(|number| Item { text: format!("item {}", number * 13).into_bytes() });
    let value = Owned { items: items.collect() };
    let mut bytes = b"\x03\xe8".to_vec();
    for item in &value.items {
        bytes.push(u8::try_from(item.text.len()).expect("a short item"));
        bytes.extend_from_slice(&item.text);
    }
    let mut layout = Layout::new("list of 1,000 items", vec![(value, bytes)]);
    layout.parse(Subject::Framewright, Operation::ParseBorrowed, Borrowed::parse, |(_, value)| value.into());
    layout.parse(Subject::Framewright, Operation::ParseOwned, Owned::parse, |(_, value)| value);
    layout.encode(Subject::Framewright, Owned::clone, Owned::encode, Owned::to_vec);
    layout.stream(|framer| used(framer.next_frame::<Borrowed>()));
    // The items have one byte each, after their length.
    let long = [8, 16].map(|kib: u16| {
        [&(kib * 1024).to_be_bytes()[..], &b"\x01x".repeat(usize::from(kib) * 1024)].concat()
    });
    layout.trickle(long, |framer| used(framer.next_frame::<Borrowed>()));
    by_hand::add(&mut layout);
    with_nom::add(&mut layout);
    #[cfg(feature = "peers")]
    peers::add(&mut layout);
    layout.into_cases()
}
