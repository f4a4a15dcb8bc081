use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[wire(u24)]
    value: u16,
}

fn main() {}
