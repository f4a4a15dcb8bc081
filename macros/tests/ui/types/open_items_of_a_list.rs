use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[count_prefixed(u8)]
    items: Vec<Open>,
}

#[derive(Frame)]
struct Open {
    #[rest]
    bytes: Vec<u8>,
}

fn main() {}
