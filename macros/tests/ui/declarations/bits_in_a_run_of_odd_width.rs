use framewright::prelude::*;

#[derive(Frame)]
#[frame(le, msb)]
struct Packet {
    #[bits(4)]
    a: u8,
    #[bits(20)]
    b: u32,
}

fn main() {}
