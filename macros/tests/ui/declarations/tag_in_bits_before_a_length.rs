use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = bits(4), len_prefixed(u8))]
enum Message {
    #[tag(1)]
    Read {
        #[bits(4)]
        flags: u8,
    },
}

fn main() {}
