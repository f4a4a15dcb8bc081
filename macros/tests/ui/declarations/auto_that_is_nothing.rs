use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    length: Auto<u16>,
}

fn main() {}
