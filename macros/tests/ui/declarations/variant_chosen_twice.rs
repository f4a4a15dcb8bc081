use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[tag_of(body)]
    kind: Auto<u8>,
    other: u8,
    #[tag(other)]
    body: Body,
}

#[derive(Frame)]
enum Body {
    #[tag(1)]
    One,
}

fn main() {}
