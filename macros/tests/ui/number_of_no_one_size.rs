use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    count: usize,
    letter: char,
}

fn main() {}
