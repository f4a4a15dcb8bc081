use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[skip]
    #[len_prefixed(u8)]
    cache: Vec<u8>,
    #[skip]
    #[wire(u24)]
    count: u32,
}

fn main() {}
