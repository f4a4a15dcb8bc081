use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    width: u8,
    #[len_of(name)]
    #[wire(bytes(width))]
    size: Auto<u32>,
    name: String,
}

fn main() {}
