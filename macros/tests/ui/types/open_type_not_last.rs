use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    body: Open,
    trailer: u16,
}

#[derive(Frame)]
struct Open {
    #[rest]
    bytes: Vec<u8>,
}

fn main() {}
