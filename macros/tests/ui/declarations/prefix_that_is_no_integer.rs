use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_prefixed(f32)]
    body: Vec<u8>,
    #[len_prefixed(dec)]
    text: String,
}

fn main() {}
