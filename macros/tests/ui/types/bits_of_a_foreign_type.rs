use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[bits(8)]
    point: Point,
}

#[derive(Frame)]
struct Point(u8, u8);

fn main() {}
