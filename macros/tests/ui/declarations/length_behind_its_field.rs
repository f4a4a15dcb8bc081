use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[rest]
    body: Vec<u8>,
    #[len_of(body)]
    length: Auto<u16>,
}

fn main() {}
