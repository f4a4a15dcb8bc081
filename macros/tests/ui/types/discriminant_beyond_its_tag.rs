use framewright::prelude::*;

const LARGE: u16 = 300;

#[derive(Frame)]
#[repr(u16)]
#[frame(tag = u8)]
enum Kind {
    Small = 1,
    Large = LARGE,
}

fn main() {}
