use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    flags: u8,
    #[when(flags & 1)]
    code: Option<u16>,
    #[check(end & 2, "the end is even")]
    end: u8,
}

fn main() {}
