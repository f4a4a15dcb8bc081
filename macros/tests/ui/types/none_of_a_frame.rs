use framewright::prelude::*;

#[derive(Frame)]
struct Kind(u8);

#[derive(Frame)]
struct Wrong {
    #[none(Kind(0))]
    kind: Option<Kind>,
}

fn main() {}
