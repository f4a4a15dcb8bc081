use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Bits {
    #[bits(4, as = Level)]
    held: Level,
    #[bits(4, ass = u8)]
    misspelt: Level,
    #[bits(40)]
    array: [u64; 4],
    #[bits(9)]
    item: [u8; 8],
    #[count(2)]
    #[each(bits(9))]
    wide: Vec<u8>,
    #[each(bits(4))]
    none: u8,
    #[count(2)]
    #[each(bits(4))]
    ring: std::collections::VecDeque<u8>,
    #[bits(8, strict)]
    strict: u8,
}

struct Level(u8);

#[derive(Frame)]
#[frame(le, msb)]
struct Order {
    #[count(2)]
    #[each(bits(12))]
    items: Vec<u16>,
}

#[derive(Frame)]
struct Unordered {
    #[count(2)]
    #[each(bits(12))]
    items: Vec<u16>,
}

fn main() {}
