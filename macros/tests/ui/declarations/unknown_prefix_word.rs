use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_prefixed(u16, inclusiv)]
    body: Vec<u8>,
    #[count_prefixed(u16, maxx = 4)]
    items: Vec<u8>,
    #[fixed(4, filling = 0)]
    name: String,
    #[until(b"\0", lenient2)]
    text: String,
}

fn main() {}
