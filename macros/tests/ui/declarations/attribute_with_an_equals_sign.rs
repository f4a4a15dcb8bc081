use framewright::prelude::*;

#[derive(Frame)]
struct Packet {
    #[len_prefixed = 3]
    body: Vec<u8>,
}

fn main() {}
