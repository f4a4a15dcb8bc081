use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, len_prefix(u16))]
struct Packet {
    value: u16
}

fn main() {}
