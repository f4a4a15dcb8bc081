use framewright::prelude::*;

#[derive(Frame)]
#[frame(le, msb)]
struct Packet {
    #[bits(100)]
    a: u128,
    #[bits(36)]
    b: u64,
}

fn main() {}
