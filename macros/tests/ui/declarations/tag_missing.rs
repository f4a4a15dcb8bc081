use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Message {
    Text(#[rest] String),
    #[tag(2)]
    Number(u16),
}

fn main() {}
