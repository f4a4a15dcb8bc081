use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[bits(4)]
    #[len_of(body)]
    length: Auto,
    #[bits(4)]
    #[pad]
    unused: Auto<u8>,
    #[rest]
    body: Vec<u8>,
}

fn main() {}
