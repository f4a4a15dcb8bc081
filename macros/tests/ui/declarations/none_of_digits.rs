use framewright::prelude::*;

#[derive(Frame)]
struct Line {
    #[wire(dec)]
    #[until(b",")]
    #[none(0)]
    number: Option<u8>,
}

type Number = Option<u8>;

#[derive(Frame)]
struct Packet {
    #[none(0)]
    number: Number,
}

fn main() {}
