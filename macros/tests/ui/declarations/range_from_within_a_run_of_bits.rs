use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_of(low..=body)]
    length: Auto<u16>,
    #[bits(4)]
    high: u8,
    #[bits(4)]
    low: u8,
    #[rest]
    body: Vec<u8>,
}

fn main() {}
