use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    body: Body,
}

#[derive(Frame)]
enum Body {
    #[tag(1)]
    One,
}

fn main() {}
