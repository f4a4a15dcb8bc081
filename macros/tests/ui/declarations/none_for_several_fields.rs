use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_of(first..=second, none = 0)]
    length: Auto<u16>,
    first: u8,
    second: u8,
}

fn main() {}
