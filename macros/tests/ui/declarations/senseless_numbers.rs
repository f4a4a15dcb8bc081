use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Senseless {
    #[len_prefixed(u16, scale = 0)]
    scaled: Vec<u8>,
    #[len_of(body, scale = 0)]
    len: Auto<u16>,
    body: Vec<u8>,
    #[len_prefixed(u16, max = 0)]
    none: Vec<u8>,
    #[align(0)]
    never: Auto,
    #[align(1)]
    always: Auto,
    #[wire(varint(max = 0))]
    short: u32,
    #[wire(varint(max = 99))]
    long: u32,
    #[len_prefixed(varint(max = 6))]
    prefix: Vec<u8>,
    #[fixed(0)]
    empty: Vec<u8>,
    #[wire(hex)]
    #[fixed(1 - 1)]
    digits: u8,
}

fn main() {}
