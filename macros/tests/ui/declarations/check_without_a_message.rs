use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[check(value > 0)]
    value: u8,
}

fn main() {}
