use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[bits(32)]
    ratio: f32,
    #[bits(8)]
    maybe: Option<u8>,
}

fn main() {}
