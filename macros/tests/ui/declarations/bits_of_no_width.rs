use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[bits(0)]
    a: u8,
    #[bits(129)]
    b: u8,
}

fn main() {}
