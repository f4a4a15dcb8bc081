use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, lbs)]
struct Packet {
    #[bits(3)]
    flags: u8,
    body: Vec<u8>,
    #[len_prefixed(u8)]
    #[rest]
    name: String,
    #[until("x")]
    line: String,
    #[len_of(nothing)]
    length: Auto<u16>,
}

fn main() {}
