use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[rest(3)]
    body: Vec<u8>,
}

fn main() {}
