use framewright::prelude::*;

#[derive(Frame)]
struct Outer {
    #[tag_of(body)]
    kind: Auto<u8>,
    body: Body,
}

#[derive(Frame)]
enum Body {
    #[tag(1)]
    One(u8),
    #[tag(_)]
    Other(u8),
}

fn main() {}
