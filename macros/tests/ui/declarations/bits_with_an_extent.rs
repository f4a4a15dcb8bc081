use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[bits(8)]
    #[len_prefixed(u8)]
    body: Vec<u8>,
}

fn main() {}
