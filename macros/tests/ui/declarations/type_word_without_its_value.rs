use framewright::prelude::*;

#[derive(Frame)]
#[frame(magic)]
struct Packet {
    value: u8
}

fn main() {}
