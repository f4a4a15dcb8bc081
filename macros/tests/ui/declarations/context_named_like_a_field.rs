use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, ctx(flags: u8))]
struct Packet {
    flags: u8,
}

fn main() {}
