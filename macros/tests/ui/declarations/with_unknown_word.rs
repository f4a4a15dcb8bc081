use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[with(module, orign)]
    value: u32,
}

fn main() {}
