//! Nasdaq TotalView-ITCH 5.0, section 1.3.1, "Add Order - No MPID Attribution". The bytes are
//! encoded by hand from its table.

use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(b'A')]
    AddOrder {
        stock_locate: u16,
        tracking_number: u16,
        /// The time in nanoseconds since midnight.
        #[wire(u48)]
        timestamp: u64,
        order: u64,
        side: Side,
        shares: u32,
        #[fixed(8, fill = b' ')]
        stock: String,
        /// The price in ten-thousandths of a dollar.
        price: u32,
    },
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[repr(u8)]
#[frame(be, tag = u8)]
enum Side {
    Buy = b'B',
    Sell = b'S',
}

#[test]
fn add_order() {
    let bytes = hex("41 1f6a 0000 1cdb8cb5c2e2 0000000000000b3d 42 00000064 4141504c20202020 002625a0");
    let order = Message::AddOrder {
        stock_locate: 8042,
        tracking_number: 0,
        timestamp: 0x1cdb_8cb5_c2e2,
        order: 2877,
        side: Side::Buy,
        shares: 100,
        stock: "AAPL".to_owned(),
        price: 2_500_000,
    };
    proves("itch-add-order", &bytes, order);
}
