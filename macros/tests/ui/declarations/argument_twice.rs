use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Twice {
    #[len_prefixed(u16, max = 3, max = 4)]
    body: Vec<u8>,
    #[pad(1, strict, strict)]
    pad: Auto,
}

fn main() {}
