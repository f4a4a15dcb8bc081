use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[tag_of(body)]
    kind: Auto<u8>,
    body: Body,
}

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Body {
    #[tag(1)]
    Text(#[rest] String),
}

fn main() {}
