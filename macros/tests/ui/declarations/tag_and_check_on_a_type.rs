use framewright::prelude::*;

#[derive(Frame)]
#[tag(u8)]
#[check(low < high, "must rise")]
#[magic(b"M")]
struct Range {
    low: u8,
    high: u8,
}

fn main() {}
