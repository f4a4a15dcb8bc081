use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_of(body)]
    #[count_of(body)]
    length: Auto<u16>,
    body: Vec<u8>,
}

fn main() {}
