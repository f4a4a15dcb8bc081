use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[tag_of(body)]
    one: Auto<u8>,
    #[tag_of(body)]
    two: Auto<u16>,
    body: Body,
}

#[derive(Frame)]
enum Body {
    #[tag(1)]
    One,
}

fn main() {}
