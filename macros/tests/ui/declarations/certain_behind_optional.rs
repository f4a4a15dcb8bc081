use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[optional]
    extra: Option<u16>,
    trailer: u8,
}

fn main() {}
