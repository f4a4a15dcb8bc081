use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_of(..)]
    #[wire(varint)]
    length: Auto<u32>,
    #[rest]
    body: Vec<u8>,
}

fn main() {}
