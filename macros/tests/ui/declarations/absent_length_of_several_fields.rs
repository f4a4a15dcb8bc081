use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    flag: u8,
    #[when(flag == 1)]
    #[len_of(first..=second)]
    length: Auto<u16>,
    first: u8,
    second: u8,
}

fn main() {}
