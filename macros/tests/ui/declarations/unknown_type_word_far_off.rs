use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, colour = 3)]
struct Packet {
    value: u16
}

fn main() {}
