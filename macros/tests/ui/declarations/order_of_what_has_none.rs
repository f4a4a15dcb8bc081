use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, len_prefixed(u8, le))]
struct Orders {
    #[wire(le)]
    byte: u8,
    #[wire(be)]
    flag: bool,
    #[wire(le)]
    bytes: [u8; 4],
    #[wire(le)]
    #[count_prefixed(varint, be)]
    list: Vec<u8>,
    #[wire(le)]
    #[calc(1)]
    auto: Auto<i8>,
    #[wire(varint, le)]
    varint: u32,
    #[wire(dec, be)]
    #[until(b",")]
    digits: u32,
    #[wire(u8, le)]
    narrow: u32,
    #[when(flag)]
    #[wire(le)]
    fine: Option<u16>,
}

fn main() {}
