//! "Add Order" of Nasdaq TotalView-ITCH 5.0: numbers of usual and unusual widths, a fieldless enum,
//! and text of a fixed size.

use framewright::prelude::*;

use crate::case::{Case, Layout, Operation, Subject, used};

mod by_hand;
#[cfg(feature = "peers")]
mod peers;
mod with_nom;

#[derive(Frame, Debug)]
#[frame(be, magic = b"A")]
struct Borrowed<'a> {
    stock_locate: u16,
    tracking_number: u16,
    #[wire(u48)]
    timestamp: u64,
    order: u64,
    side: Side,
    shares: u32,
    #[fixed(8, fill = b' ')]
    stock: &'a str,
    price: u32,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = b"A")]
struct Owned {
    stock_locate: u16,
    tracking_number: u16,
    #[wire(u48)]
    timestamp: u64,
    order: u64,
    side: Side,
    shares: u32,
    #[fixed(8, fill = b' ')]
    stock: String,
    price: u32,
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[repr(u8)]
#[frame(tag = u8)]
enum Side {
    Buy = b'B',
    Sell = b'S',
}

impl From<Borrowed<'_>> for Owned {
    fn from(value: Borrowed<'_>) -> Self {
        let Borrowed { stock_locate, tracking_number, timestamp, order, side, shares, stock, price } = value;
        Self { stock_locate, tracking_number, timestamp, order, side, shares, stock: stock.to_owned(), price }
    }
}

pub(super) fn cases() -> Vec<Case> {
    let value = Owned {
        stock_locate: 8042,
        tracking_number: 3,
        timestamp: 0x1cdb_8cb5_c2e2,
        order: 2877,
        side: Side::Sell,
        shares: 100,
        stock: "AAPL".to_owned(),
        price: 2_500_000,
    };
    let bytes =
        b"A\x1f\x6a\x00\x03\x1c\xdb\x8c\xb5\xc2\xe2\0\0\0\0\0\0\x0b\x3dS\0\0\0\x64AAPL    \x00\x26\x25\xa0"
            .to_vec();
    let mut layout = Layout::new("ITCH add order", vec![(value, bytes)]);
    layout.parse(Subject::Framewright, Operation::ParseBorrowed, Borrowed::parse, |(_, value)| value.into());
    layout.parse(Subject::Framewright, Operation::ParseOwned, Owned::parse, |(_, value)| value);
    layout.encode(Subject::Framewright, Owned::clone, Owned::encode, Owned::to_vec);
    layout.stream(|framer| used(framer.next_frame::<Borrowed>()));
    by_hand::add(&mut layout);
    with_nom::add(&mut layout);
    #[cfg(feature = "peers")]
    peers::add(&mut layout);
    layout.into_cases()
}
