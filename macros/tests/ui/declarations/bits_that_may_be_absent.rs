use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    flag: u8,
    #[when(flag == 1)]
    #[bits(8)]
    value: Option<u8>,
}

fn main() {}
