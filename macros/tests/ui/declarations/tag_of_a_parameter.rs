use framewright::prelude::*;

#[derive(Frame)]
struct Packet<B> {
    #[tag_of(body)]
    kind: Auto<u8>,
    body: B,
}

fn main() {}
