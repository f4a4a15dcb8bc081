use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[wire(dec)]
    year: u16,
    #[wire(hex)]
    sum: u8,
}

fn main() {}
