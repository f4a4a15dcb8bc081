use framewright::prelude::*;

#[derive(Frame)]
#[frame(tag = le)]
enum Message {
    #[tag(1)]
    Read(u8),
}

fn main() {}
