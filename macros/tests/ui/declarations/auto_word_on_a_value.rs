use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_of(body)]
    length: u16,
    #[rest]
    body: Vec<u8>,
}

fn main() {}
