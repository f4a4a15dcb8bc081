use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[wire(varint(maxx = 3))]
    value: u16,
    #[wire(hex(upper))]
    #[fixed(4)]
    other: u16,
    #[wire(zigzag(max = 4))]
    third: i32,
}

fn main() {}
