use std::error::Error;

use deku::prelude::*;

use super::{Owned, Side, filled, text};
use crate::case::{Layout, Operation, Subject};
use crate::peers::deku_into;

#[derive(DekuRead, DekuWrite)]
#[deku(endian = "big", magic = b"A")]
struct AddOrder {
    stock_locate: u16,
    tracking_number: u16,
    #[deku(bytes = 6)]
    timestamp: u64,
    order: u64,
    side: DekuSide,
    shares: u32,
    stock: [u8; 8],
    price: u32,
}

#[derive(DekuRead, DekuWrite)]
#[deku(id_type = "u8", ctx = "_: deku::ctx::Endian")]
enum DekuSide {
    #[deku(id = "b'B'")]
    Buy,
    #[deku(id = "b'S'")]
    Sell,
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::Deku, Operation::ParseOwned, parse, |value| value);
    layout.encode(
        Subject::Deku,
        Owned::clone,
        |value, out| Ok(deku_into(&order(value)?, out)?),
        |value| Ok::<_, Box<dyn Error>>(order(value)?.to_bytes()?),
    );
}

fn parse(bytes: &[u8]) -> Result<Owned, Box<dyn Error>> {
    let (_, order) = AddOrder::from_bytes((bytes, 0))?;
    Ok(Owned {
        stock_locate: order.stock_locate,
        tracking_number: order.tracking_number,
        timestamp: order.timestamp,
        order: order.order,
        side: match order.side {
            DekuSide::Buy => Side::Buy,
            DekuSide::Sell => Side::Sell,
        },
        shares: order.shares,
        stock: text(&order.stock)?.to_owned(),
        price: order.price,
    })
}

fn order(value: &Owned) -> Result<AddOrder, Box<dyn Error>> {
    Ok(AddOrder {
        stock_locate: value.stock_locate,
        tracking_number: value.tracking_number,
        timestamp: value.timestamp,
        order: value.order,
        side: match value.side {
            Side::Buy => DekuSide::Buy,
            Side::Sell => DekuSide::Sell,
        },
        shares: value.shares,
        stock: filled(&value.stock)?,
        price: value.price,
    })
}
