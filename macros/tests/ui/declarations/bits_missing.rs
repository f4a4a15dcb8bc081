use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[bits(4)]
    version: u8,
    #[bits(1)]
    flag: bool,
    length: u16,
}

fn main() {}
