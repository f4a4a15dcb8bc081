use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_prefixed("u8")]
    name: String,
    #[wire("u24")]
    number: u32,
}

fn main() {}
