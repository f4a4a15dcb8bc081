use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[wire(u8)]
    colour: Colour,
}

struct Colour(u8);

fn main() {}
