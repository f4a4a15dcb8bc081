use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[rest]
    body: Vec<u8>,
    n: u8,
    #[len(n)]
    tail: Vec<u8>,
}

fn main() {}
