use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, magic = 0xCAFE)]
struct Packet {
    value: u8
}

fn main() {}
