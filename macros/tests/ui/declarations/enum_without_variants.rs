use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Message {}

fn main() {}
