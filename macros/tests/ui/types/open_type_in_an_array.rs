use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    several: [Open; 2],
}

#[derive(Frame)]
#[frame(be)]
struct Pair {
    pair: (Open, u8),
}

#[derive(Frame)]
struct Open {
    #[rest]
    bytes: Vec<u8>,
}

fn main() {}
