use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[rest]
    body: Vec<u8>,
    trailer: Trailer,
}

#[derive(Frame)]
struct Trailer {
    #[len_prefixed(u8)]
    text: String,
}

fn main() {}
