use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[fixed(8)]
    name: [u8; 8],
    #[len_prefixed(u16)]
    number: u32,
    #[count_prefixed(u8)]
    pair: (u8, u16),
    #[len_of(code)]
    length: Auto<u8>,
    code: u16,
    #[fixed(4)]
    #[wire(dec)]
    digits: u32,
}

fn main() {}
