use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u16)]
enum Kept {
    #[tag(1..=9)]
    Small {
        #[tag]
        #[wire(le)]
        tag: u16,
    },
    #[tag(_)]
    Other(#[len_prefixed] u16),
}

fn main() {}
