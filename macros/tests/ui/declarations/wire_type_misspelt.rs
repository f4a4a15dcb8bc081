use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[wire(varynt)]
    value: u32,
    #[len_prefixed(u23)]
    body: Vec<u8>,
}

fn main() {}
