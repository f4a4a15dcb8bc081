use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(1)]
    #[len_prefixed(u16)]
    Text(#[rest] String),
}

fn main() {}
