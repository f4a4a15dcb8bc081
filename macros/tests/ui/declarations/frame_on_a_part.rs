use framewright::prelude::*;

#[derive(Frame)]
struct Parts {
    #[frame(be)]
    number: u16,
    #[frame(len_prefixed(u16))]
    body: Vec<u8>,
    #[frame(max = 3)]
    rest: u8,
}

#[derive(Frame)]
#[frame(tag = u8)]
enum Variants {
    #[frame(le)]
    #[tag(1)]
    One(u8),
    #[frame(tag = 2)]
    Two,
}

fn main() {}
