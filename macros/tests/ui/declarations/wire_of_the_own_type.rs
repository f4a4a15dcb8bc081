use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Same {
    #[wire(u16)]
    number: u16,
    #[wire(u8)]
    #[count_prefixed(u8)]
    list: Vec<u8>,
    #[wire(varint(u64))]
    varint: u32,
    #[wire(zigzag(i32))]
    zigzag: i32,
    #[wire(u16, le)]
    fine: u16,
}

fn main() {}
