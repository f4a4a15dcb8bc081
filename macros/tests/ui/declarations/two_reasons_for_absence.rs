use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    flag: u8,
    #[when(flag == 1)]
    #[optional]
    value: Option<u16>,
}

fn main() {}
