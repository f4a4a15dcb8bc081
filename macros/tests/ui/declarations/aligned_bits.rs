use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[bits(8)]
    #[align(4)]
    fill: Auto,
}

fn main() {}
