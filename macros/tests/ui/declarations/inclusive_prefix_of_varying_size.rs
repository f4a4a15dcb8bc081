use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, len_prefixed(varint, inclusive))]
struct Packet {
    #[len_prefixed(varint, inclusive)]
    body: Vec<u8>,
}

fn main() {}
