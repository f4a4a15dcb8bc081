use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[bits(8)]
    #[wire(varint)]
    a: u8,
    #[bits(8)]
    #[wire(le)]
    b: u8,
}

fn main() {}
