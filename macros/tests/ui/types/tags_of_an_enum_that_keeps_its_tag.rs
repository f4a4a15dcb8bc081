use framewright::prelude::*;

#[derive(Frame)]
struct Packet {
    #[tag_of(body)]
    one: Auto<u8>,
    #[tag_of(body)]
    two: Auto<u8>,
    body: Body,
}

#[derive(Frame)]
enum Body {
    #[tag(1..=4)]
    Some {
        #[tag]
        kind: u8,
    },
}

fn main() {}
