use framewright::prelude::*;

#[derive(Frame)]
#[len_prefixed(u16)]
#[bits(3)]
struct Packet {
    value: u8,
}

fn main() {}
