use framewright::prelude::*;

const SIZE: usize = 3;

#[derive(Frame)]
#[frame(be)]
struct OfAField {
    n: u32,
    #[bits(n)]
    a: u8,
    #[bits(8 - n)]
    b: u8,
}

#[derive(Frame)]
struct OfAnotherType {
    #[bits(SIZE)]
    a: u8,
    #[bits(5)]
    b: u8,
}

#[derive(Frame)]
struct OfText {
    #[bits("3")]
    a: u8,
    #[bits(5)]
    b: u8,
}

fn main() {}
