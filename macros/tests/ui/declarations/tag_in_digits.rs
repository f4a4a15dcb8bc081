use framewright::prelude::*;

#[derive(Frame)]
#[frame(tag = dec)]
enum Message {
    #[tag(1)]
    Read(u8),
}

fn main() {}
