use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    value: Option<u16>,
}

fn main() {}
