use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[magic(300)]
    version: Auto<u8>,
}

fn main() {}
