use nom_derive::nom::bytes::streaming::take;
use nom_derive::nom::combinator::{map, map_opt, map_res};
use nom_derive::nom::number::streaming::be_u8;
use nom_derive::{NomBE, Parse, nom};

use super::Owned;
use crate::case::{Layout, Operation, Subject};
use crate::layouts::itch::Side;

#[derive(NomBE)]
struct AddOrder<'a> {
    #[nom(Tag(b"A"))]
    _kind: &'a [u8],
    stock_locate: u16,
    tracking_number: u16,
    #[nom(Parse = "map(take(6_usize), number)")]
    timestamp: u64,
    order: u64,
    #[nom(Parse = "map_opt(be_u8, side)")]
    side: Side,
    shares: u32,
    #[nom(Parse = "map_res(take(8_usize), str::from_utf8)")]
    stock: &'a str,
    price: u32,
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn side(byte: u8) -> Option<Side> {
    match byte {
        b'B' => Some(Side::Buy),
        b'S' => Some(Side::Sell),
        _ => None,
    }
}

impl From<AddOrder<'_>> for Owned {
    fn from(order: AddOrder<'_>) -> Self {
        Self {
            stock_locate: order.stock_locate,
            tracking_number: order.tracking_number,
            timestamp: order.timestamp,
            order: order.order,
            side: order.side,
            shares: order.shares,
            stock: order.stock.trim_end_matches(' ').to_owned(),
            price: order.price,
        }
    }
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(
        Subject::NomDerive,
        Operation::ParseBorrowed,
        |bytes| {
            AddOrder::parse(bytes)
                .map(|(rest, order)| (rest, AddOrder { stock: order.stock.trim_end_matches(' '), ..order }))
        },
        |(_, order)| order.into(),
    );
    layout.parse(
        Subject::NomDerive,
        Operation::ParseOwned,
        |bytes| AddOrder::parse(bytes).map(|(rest, order)| (rest, Owned::from(order))),
        |(_, value)| value,
    );
}
