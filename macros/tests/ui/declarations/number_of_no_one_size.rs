use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    count: usize,
    letter: char,
}

#[derive(Frame)]
#[frame(be)]
struct Others {
    #[len_of(items)]
    length: Auto<usize>,
    items: Vec<isize>,
    #[len_prefixed(usize)]
    text: String,
    #[bits(8)]
    small: usize,
    #[wire(u32)]
    fine: usize,
}

fn main() {}
