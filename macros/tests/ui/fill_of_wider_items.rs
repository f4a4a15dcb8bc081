use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[fixed(8, fill = 0xff)]
    #[wire(varint)]
    words: Vec<u16>,
    #[fixed(4, fill = 0)]
    inner: Inner,
}

#[derive(Frame)]
struct Inner(u8);

fn main() {}
