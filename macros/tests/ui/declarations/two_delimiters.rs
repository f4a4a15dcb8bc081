use framewright::prelude::*;

#[derive(Frame)]
#[frame(until(b"\r" b"\n"))]
struct Packet {
    value: u8,
}

fn main() {}
