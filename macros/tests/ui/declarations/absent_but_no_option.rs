use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    flag: u8,
    #[when(flag == 1)]
    value: u16,
    #[optional]
    other: u16,
}

fn main() {}
