use framewright::prelude::*;

#[derive(Frame)]
#[frame(max = 1, max = 2)]
struct Packet {
    value: u8
}

fn main() {}
