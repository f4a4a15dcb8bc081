use framewright::prelude::*;

#[derive(Frame)]
#[frame(be = true)]
struct Packet {
    value: u8
}

fn main() {}
