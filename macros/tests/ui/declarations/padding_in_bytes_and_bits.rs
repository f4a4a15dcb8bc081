use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[bits(8)]
    #[pad(1)]
    unused: Auto,
}

fn main() {}
