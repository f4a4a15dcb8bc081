use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[bits(4)]
    #[magic(16)]
    a: Auto,
    #[bits(4)]
    b: u8,
}

fn main() {}
