use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[calc(count + 1)]
    size: Auto<u8>,
    #[len_prefixed(u8)]
    name: String,
    #[count_of(items)]
    count: Auto<u8>,
    items: Vec<u16>,
}

#[derive(Frame)]
struct Conditional {
    flag: bool,
    #[when(flag)]
    #[calc(count * 2)]
    size: Auto<u8>,
    #[count_of(items)]
    count: Auto<u8>,
    items: Vec<u8>,
}

fn main() {}
