use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    bytes: Vec<u8>,
    text: String,
    items: Vec<u16>,
    maybe: Option<Vec<u8>>,
}

fn main() {}
