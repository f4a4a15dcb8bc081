use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[rest]
    head: Vec<u8>,
    #[rest]
    body: Vec<u8>,
}

fn main() {}
