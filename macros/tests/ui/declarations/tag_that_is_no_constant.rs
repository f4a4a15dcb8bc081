use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(kind)]
    Read(u8),
    #[tag(READ)]
    Write(u8),
}

fn main() {}
