use framewright::prelude::*;

#[derive(Frame, Clone, Copy)]
enum Kind {
    A = 1,
    B = 2,
}

#[derive(Frame)]
#[frame(tag = u8)]
enum Message {
    #[tag(1..=4)]
    Some {
        #[tag_of(kind)]
        one: Auto<u8>,
        #[tag]
        kind: Kind,
    },
}

fn main() {}
