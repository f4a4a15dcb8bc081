use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[tag_of(body)]
    kind: Auto<u8>,
    body: u16,
}

fn main() {}
