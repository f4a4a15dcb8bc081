use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_of(body)]
    length: Auto,
    body: Vec<u8>,
}

fn main() {}
