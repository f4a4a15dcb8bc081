use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[rest]
    body: Vec<u8>,
    #[len_prefixed(u8)]
    trailer: Vec<u8>,
}

fn main() {}
