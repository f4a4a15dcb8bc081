use framewright::prelude::*;

#[repr(u8)]
#[derive(Frame)]
#[frame(be, tag = u8)]
enum Message {
    Read = 1,
    #[tag(1..=5)]
    Other {
        #[tag]
        which: u8,
    } = 2,
}

fn main() {}
