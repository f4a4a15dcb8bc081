use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, lsb)]
struct Packet {
    #[count_prefixed(u8)]
    #[each(bits(12))]
    items: Vec<u16>,
}

fn main() {}
