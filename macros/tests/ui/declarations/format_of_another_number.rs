use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Formats {
    #[wire(varint)]
    signed: i32,
    #[wire(zigzag)]
    unsigned: u32,
    #[wire(mqtt)]
    float: f32,
    #[wire(quic)]
    wide: u128,
    #[wire(quic)]
    negative: i16,
    #[wire(u24)]
    odd: i32,
    #[wire(i24)]
    even: u32,
    #[wire(dec)]
    #[until(b",")]
    digits: bool,
    #[len_prefixed(varint(i32))]
    prefix: Vec<u8>,
    #[len_prefixed(zigzag(u32))]
    other: Vec<u8>,
}

fn main() {}
