use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(READ)]
    Read(u8),
    #[tag(WRITE)]
    Write(u8),
}

const READ: u8 = 1;
const WRITE: u8 = 1;

fn main() {}
