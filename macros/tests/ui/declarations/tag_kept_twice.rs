use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(1..=9)]
    Read {
        #[tag]
        one: u8,
        #[tag]
        two: u8,
    },
}

fn main() {}
