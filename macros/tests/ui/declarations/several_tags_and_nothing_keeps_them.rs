use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(1..=9)]
    Range(u16),
    #[tag(_)]
    Other {
        value: u8,
        #[len_prefixed(u8)]
        body: Vec<u8>,
    },
}

fn main() {}
