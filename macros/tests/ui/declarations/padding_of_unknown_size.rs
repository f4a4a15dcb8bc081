use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[pad]
    unused: Auto,
    #[wire(u16)]
    #[pad(2)]
    other: Auto,
}

fn main() {}
