use framewright::prelude::*;

const ZERO: usize = 0;

#[derive(Frame)]
#[frame(be)]
struct Senseless<'a> {
    #[len_prefixed(u16, scale = ZERO)]
    scaled: &'a [u8],
    #[align(ZERO + 1)]
    always: Auto,
    #[wire(varint(max = ZERO))]
    short: u32,
    #[fixed(ZERO)]
    empty: String,
}

fn main() {}
