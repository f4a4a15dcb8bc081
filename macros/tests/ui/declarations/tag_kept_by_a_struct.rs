use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[tag]
    kind: u8,
}

fn main() {}
