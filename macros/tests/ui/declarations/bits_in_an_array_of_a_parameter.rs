use framewright::prelude::*;

#[derive(Frame)]
struct Packet<const N: usize> {
    #[bits(4)]
    parts: [u8; N],
}

fn main() {}
