use framewright::prelude::*;

const LARGE: u16 = 300;

#[derive(Frame)]
#[repr(u16)]
#[frame(tag = u8)]
enum Kind {
    Small = 1,
    Large = LARGE,
}

/// Without a `repr`, this is an `isize`.
#[derive(Frame)]
#[frame(be, tag = u64)]
enum Flag {
    High = 1 << 63,
}

fn main() {}
