use framewright::prelude::*;

#[derive(Frame)]
#[frame(tag = u8, check(true, "must hold"))]
enum Message {
    #[tag(1)]
    One,
}

fn main() {}
