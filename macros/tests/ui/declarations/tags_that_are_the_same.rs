use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(1)]
    Read(u8),
    #[tag(1)]
    Write(u8),
    #[tag(2 | 3 | 2)]
    Other(u8),
}

fn main() {}
