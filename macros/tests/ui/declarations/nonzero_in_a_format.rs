use std::num::{NonZeroU16, NonZeroU32};

use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[wire(u24)]
    number: NonZeroU32,
    #[wire(varint)]
    other: NonZeroU16,
    #[wire(le)]
    fine: NonZeroU16,
}

fn main() {}
