use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    first: u8,
    second: u8,
    #[len_of(first..=second)]
    length: Auto<u16>,
}

fn main() {}
