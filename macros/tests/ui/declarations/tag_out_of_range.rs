use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = bits(4))]
enum Message {
    #[tag(16)]
    Read {
        #[bits(4)]
        flags: u8,
    },
}

fn main() {}
