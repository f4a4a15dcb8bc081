use framewright::prelude::*;

const N: u32 = 3;

#[derive(Frame)]
#[frame(be)]
struct Missing {
    #[bits(N)]
    a: u8,
    #[bits(N)]
    b: u8,
    rest: u8,
}

#[derive(Frame)]
struct NoOrder {
    #[bits(N)]
    a: u8,
    #[bits(16 - N)]
    b: u16,
}

#[derive(Frame)]
#[frame(le, msb)]
struct Odd {
    #[bits(N)]
    a: u8,
    #[bits(24 - N)]
    b: u32,
}

#[derive(Frame)]
#[frame(be)]
struct Long {
    #[bits(N)]
    a: u8,
    #[bits(123 - N)]
    b: u128,
    #[bits(16)]
    c: u16,
    #[bits(5)]
    d: u8,
}

#[derive(Frame)]
#[frame(be)]
struct Wide {
    #[bits(N * 4)]
    a: u8,
    #[bits(4)]
    b: u8,
}

#[derive(Frame)]
#[frame(be)]
struct None {
    #[bits(N - 3)]
    a: u8,
    #[bits(8)]
    b: u8,
}

fn main() {}
