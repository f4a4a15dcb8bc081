use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[bits(12)]
    a: u8,
    #[bits(4)]
    b: u8,
}

fn main() {}
