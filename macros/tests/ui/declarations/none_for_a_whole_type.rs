use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, len_prefixed(u16, none = 0))]
struct Packet {
    value: u8
}

fn main() {}
