use zerocopy::byteorder::big_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::{Owned, Side, filled, text};
use crate::by_hand::{Error, Parsed, incomplete, invalid};
use crate::case::{Layout, Operation, Subject};
use crate::layouts::itch::Borrowed;

#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct AddOrder {
    kind: u8,
    stock_locate: U16,
    tracking_number: U16,
    timestamp: [u8; 6],
    order: U64,
    side: u8,
    shares: U32,
    stock: [u8; 8],
    price: U32,
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::Zerocopy, Operation::ParseBorrowed, parse, |(_, value)| value.into());
    layout.parse(
        Subject::Zerocopy,
        Operation::ParseOwned,
        |input| parse(input).map(|(rest, value)| (rest, Owned::from(value))),
        |(_, value)| value,
    );
    layout.encode(
        Subject::Zerocopy,
        Owned::clone,
        |value, out| order(value).map(|order| out.extend_from_slice(order.as_bytes())),
        |value| order(value).map(|order| order.as_bytes().to_vec()),
    );
}

fn parse(input: &[u8]) -> Parsed<'_, Borrowed<'_>> {
    let Ok((order, rest)) = AddOrder::ref_from_prefix(input) else {
        return Err(incomplete(input, size_of::<AddOrder>()));
    };
    if order.kind != b'A' {
        return Err(invalid("magic", 0, "no add order"));
    }
    let [t0, t1, t2, t3, t4, t5] = order.timestamp;
    let value = Borrowed {
        stock_locate: order.stock_locate.get(),
        tracking_number: order.tracking_number.get(),
        timestamp: u64::from_be_bytes([0, 0, t0, t1, t2, t3, t4, t5]),
        order: order.order.get(),
        side: match order.side {
            b'B' => Side::Buy,
            b'S' => Side::Sell,
            _ => return Err(invalid("side", 19, "neither B nor S")),
        },
        shares: order.shares.get(),
        stock: text(&order.stock)?,
        price: order.price.get(),
    };
    Ok((rest, value))
}

fn order(value: &Owned) -> Result<AddOrder, Error> {
    let [0, 0, timestamp @ ..] = value.timestamp.to_be_bytes() else {
        return Err(invalid("timestamp", 5, "too large for 6 bytes"));
    };
    Ok(AddOrder {
        kind: b'A',
        stock_locate: value.stock_locate.into(),
        tracking_number: value.tracking_number.into(),
        timestamp,
        order: value.order.into(),
        side: match value.side {
            Side::Buy => b'B',
            Side::Sell => b'S',
        },
        shares: value.shares.into(),
        stock: filled(&value.stock)?,
        price: value.price.into(),
    })
}
