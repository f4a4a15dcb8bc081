use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    inner: Inner,
    #[len_prefixed(u8)]
    bounded: Inner,
}

struct Inner(u8);

fn main() {}
