use std::error::Error;

use binrw::{BinRead, BinWrite};

use super::{Owned, Side, filled, text};
use crate::case::{Layout, Operation, Subject};
use crate::peers::{binrw_into, binrw_new, binrw_read};

#[derive(BinRead, BinWrite)]
#[brw(big, magic = b"A")]
struct AddOrder {
    stock_locate: u16,
    tracking_number: u16,
    timestamp: [u8; 6],
    order: u64,
    side: BinrwSide,
    shares: u32,
    stock: [u8; 8],
    price: u32,
}

#[derive(BinRead, BinWrite, Clone, Copy)]
#[brw(repr = u8)]
enum BinrwSide {
    Buy = 0x42,
    Sell = 0x53,
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::Binrw, Operation::ParseOwned, parse, |value| value);
    layout.encode(
        Subject::Binrw,
        Owned::clone,
        |value, out| Ok(binrw_into(&order(value)?, out)?),
        |value| Ok::<_, Box<dyn Error>>(binrw_new(&order(value)?)?),
    );
}

fn parse(bytes: &[u8]) -> Result<Owned, Box<dyn Error>> {
    let order = binrw_read::<AddOrder>(bytes)?;
    let [t0, t1, t2, t3, t4, t5] = order.timestamp;
    Ok(Owned {
        stock_locate: order.stock_locate,
        tracking_number: order.tracking_number,
        timestamp: u64::from_be_bytes([0, 0, t0, t1, t2, t3, t4, t5]),
        order: order.order,
        side: match order.side {
            BinrwSide::Buy => Side::Buy,
            BinrwSide::Sell => Side::Sell,
        },
        shares: order.shares,
        stock: text(&order.stock)?.to_owned(),
        price: order.price,
    })
}

fn order(value: &Owned) -> Result<AddOrder, Box<dyn Error>> {
    let [0, 0, timestamp @ ..] = value.timestamp.to_be_bytes() else {
        return Err("the timestamp is too large".into());
    };
    Ok(AddOrder {
        stock_locate: value.stock_locate,
        tracking_number: value.tracking_number,
        timestamp,
        order: value.order,
        side: match value.side {
            Side::Buy => BinrwSide::Buy,
            Side::Sell => BinrwSide::Sell,
        },
        shares: value.shares,
        stock: filled(&value.stock)?,
        price: value.price,
    })
}
