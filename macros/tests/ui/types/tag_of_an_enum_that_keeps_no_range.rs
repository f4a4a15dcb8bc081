use framewright::prelude::*;

#[derive(Frame)]
struct Outer {
    #[tag_of(body)]
    kind: Auto<u8>,
    #[presence_of(body)]
    there: Auto<bool>,
    body: Option<Body>,
}

#[derive(Frame)]
enum Body {
    #[tag(1)]
    One(u8),
    #[tag(3..=4 | 9)]
    Other(u8),
}

fn main() {}
