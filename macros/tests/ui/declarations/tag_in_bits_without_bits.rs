use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = bits(4))]
enum Message {
    #[tag(1)]
    Read(u8),
}

fn main() {}
