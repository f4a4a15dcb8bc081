use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[count_prefixed]
    items: Vec<u16>,
}

fn main() {}
