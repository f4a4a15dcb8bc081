use framewright::prelude::*;

#[derive(Frame)]
struct Packet {
    id: u8,
    length: u16,
    #[len_prefixed]
    body: Vec<u8>,
    #[wire(u24)]
    count: u32,
    sizes: [u16; 2],
    #[bits(4)]
    high: u8,
    #[bits(12)]
    low: u16,
}

fn main() {}
