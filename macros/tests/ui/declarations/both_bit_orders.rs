use framewright::prelude::*;

#[derive(Frame)]
#[frame(msb, lsb)]
struct Packet {
    #[bits(8)]
    value: u8
}

fn main() {}
