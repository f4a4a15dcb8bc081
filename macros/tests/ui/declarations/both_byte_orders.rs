use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, le)]
struct Packet {
    value: u16
}

fn main() {}
