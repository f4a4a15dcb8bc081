use framewright::prelude::*;

#[derive(Frame)]
#[frame(until("\r\n"))]
struct Packet {
    value: u8
}

fn main() {}
