use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[count_prefixed(u8)]
    text: String,
    #[count(3)]
    value: u16,
}

fn main() {}
