use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[wire(u16, varint)]
    value: u16,
    #[wire(be, le)]
    other: u16,
}

fn main() {}
