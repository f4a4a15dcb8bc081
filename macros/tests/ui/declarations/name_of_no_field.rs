use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    flags: u8,
    #[when(flasg & 1 != 0)]
    extra: Option<u8>,
    #[len(size)]
    body: Vec<u8>,
}

fn main() {}
