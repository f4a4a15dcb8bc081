use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u8)]
struct Packet {
    value: u8
}

fn main() {}
