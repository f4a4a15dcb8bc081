use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[magic(1)]
    #[with(module)]
    #[ctx(1)]
    version: Auto<u8>,
}

fn main() {}
