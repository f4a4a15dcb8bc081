use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[fixed(8, fill = 0)]
    open: Open,
    #[fixed(8, fill = 0)]
    #[each(bits(4))]
    nibbles: Vec<u8>,
}

#[derive(Frame)]
struct Open(#[rest] Vec<u8>);

fn main() {}
