use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Offsets {
    first: u8,
    #[offset_of(first)]
    late: Auto<u16>,
    earlier: u8,
    #[offset_of(bits)]
    within: Auto<u16>,
    #[bits(4)]
    other: u8,
    #[bits(4)]
    bits: u8,
    #[offset_of(sum)]
    of_an_auto: Auto<u16>,
    #[offset_of(last)]
    #[when(earlier > 0)]
    sometimes: Auto<u16>,
    #[offset_of(last)]
    early: Auto<u16>,
    #[offset_of(last)]
    varies: Auto<u32>,
    #[pad(early)]
    pad: Auto,
    #[offset_of(last, none = 0)]
    absent: Auto<u16>,
    #[offset_of(nothing)]
    unknown: Auto<u16>,
    #[offset_of(last, scale = 2)]
    scaled: Auto<u16>,
    #[offset_of(last)]
    #[wire(varint)]
    varint: Auto<u32>,
    #[calc(1)]
    sum: Auto<u16>,
    last: u16,
}

#[derive(Frame)]
struct Maybe {
    #[offset_of(last)]
    at: Auto<u8>,
    #[offset_of(led)]
    of_led: Auto<u8>,
    #[lead(b":")]
    led: Option<u8>,
    #[optional]
    last: Option<u8>,
}

fn main() {}
