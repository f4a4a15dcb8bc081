use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_prefixed(i16, none = -1)]
    text: String,
    #[len_of(body, none = 0)]
    length: Auto<u8>,
    body: Vec<u8>,
}

fn main() {}
