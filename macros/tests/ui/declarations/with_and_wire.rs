use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[with(module)]
    #[wire(u24)]
    value: u32,
    #[with(module)]
    #[count_prefixed(u8)]
    items: Vec<u8>,
}

fn main() {}
