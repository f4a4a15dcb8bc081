use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_prefixed(le)]
    body: Vec<u8>,
}

fn main() {}
