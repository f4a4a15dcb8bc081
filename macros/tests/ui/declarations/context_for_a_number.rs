use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    flags: u8,
    #[ctx(flags)]
    value: u8,
    #[tag(flags)]
    other: u16,
}

fn main() {}
