use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_prefixed(u8, inclusive = 3)]
    body: Vec<u8>,
}

fn main() {}
