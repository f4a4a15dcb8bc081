use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[when(flags > 0)]
    extra: Option<u8>,
    flags: u8,
}

fn main() {}
