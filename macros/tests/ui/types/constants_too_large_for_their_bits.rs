use framewright::prelude::*;

const WIDTH: u32 = 3;
const LARGE: u8 = 9;
const WIDE: u32 = 0x0100_0000;

#[derive(Frame)]
struct OfConstantWidth {
    #[bits(WIDTH)]
    #[magic(9)]
    a: Auto,
    #[bits(8 - WIDTH)]
    b: u8,
}

#[derive(Frame)]
struct OfConstantValue {
    #[bits(3)]
    #[magic(LARGE)]
    a: Auto<u8>,
    #[bits(5)]
    b: u8,
}

#[derive(Frame)]
#[frame(be)]
struct OfOddWidth {
    #[wire(u24)]
    #[magic(WIDE)]
    a: Auto<u32>,
}

fn main() {}
