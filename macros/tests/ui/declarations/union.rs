use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
union Packet {
    value: u32,
    bytes: [u8; 4],
}

fn main() {}
