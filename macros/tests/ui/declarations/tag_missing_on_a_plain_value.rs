use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(1)]
    Read(u8),
    #[tag(2)]
    Write(u16),
    Reset,
}

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Command {
    #[tag(7)]
    Start,
    Stop,
}

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Event {
    Up,
    Down(u8),
    #[tag(_)]
    Other(u8),
}

#[derive(Frame)]
#[repr(u8)]
#[frame(be, tag = u8)]
enum Fine {
    Read,
    Write = 5,
    Erase,
    #[tag(_)]
    Other(u8),
}

fn main() {}
