use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_of(kind..value)]
    outer: Auto<u16>,
    kind: u8,
    #[len_of(value..)]
    #[wire(varint)]
    inner: Auto<u32>,
    value: u16,
}

fn main() {}
