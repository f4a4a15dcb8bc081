use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[optional]
    #[pad(1)]
    unused: Auto,
}

fn main() {}
