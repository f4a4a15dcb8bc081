use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[rest]
    head: Vec<u8>,
    body: Open,
}

#[derive(Frame)]
struct Open {
    #[rest]
    bytes: Vec<u8>,
}

fn main() {}
