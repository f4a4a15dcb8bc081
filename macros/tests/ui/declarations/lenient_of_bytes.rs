use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_prefixed(u8, lenient)]
    text: String,
    #[len_of(items, lenient)]
    length: Auto<u16>,
    items: Vec<u16>,
}

fn main() {}
