use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len(length)]
    body: Vec<u8>,
    length: u8,
    #[check(last > 0, "must follow")]
    first: u8,
    last: u8,
}

fn main() {}
