use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[magic(1)]
    #[len_prefixed(u8)]
    version: Auto<u8>,
}

fn main() {}
