use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(1)]
    Read(u8),
    #[tag(_)]
    Other(u8),
    #[tag(2)]
    Write(u8),
}

fn main() {}
