use framewright::prelude::*;

#[derive(Frame)]
#[frame(magic = 1u8, magic = 2u8)]
struct Packet {
    value: u8
}

fn main() {}
