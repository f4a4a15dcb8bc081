use framewright::prelude::*;

#[derive(Frame)]
#[frame(order = order)]
struct NobodySaysIt {
    number: u16,
}

#[derive(Frame)]
#[frame(order = little)]
struct OfAField {
    little: u8,
    number: u16,
}

#[derive(Frame)]
#[frame(be, order = order, ctx(order: framewright::Order))]
struct Two {
    number: u16,
}

#[derive(Frame)]
#[frame(order = order, ctx(order: framewright::Order))]
struct Bits {
    #[bits(12)]
    high: u16,
    #[bits(12)]
    low: u16,
}

#[derive(Frame)]
#[frame(be)]
struct Fields {
    little: bool,
    #[wire(order = later)]
    number: u16,
    later: u8,
    #[wire(order = framewright::Order::Big)]
    byte: u8,
    #[wire(varint, order = framewright::Order::Big)]
    varint: u32,
    #[bits(8)]
    #[wire(order = framewright::Order::Big)]
    bits: u8,
    #[wire(le, order = framewright::Order::Big)]
    twice: u16,
    #[len_prefixed(u16, le, order = framewright::Order::Big)]
    prefix: Vec<u8>,
    #[count_prefixed(u16, order = framewright::Order::Big)]
    #[wire(order = framewright::Order::Little)]
    differ: Vec<u16>,
}

fn main() {}
