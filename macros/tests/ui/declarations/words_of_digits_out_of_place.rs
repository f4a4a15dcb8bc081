use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[wire(hex, lower)]
    #[fixed(4)]
    beside: u16,
    #[wire(lower)]
    #[fixed(4)]
    alone: u16,
    #[wire(hex_lower)]
    #[fixed(4)]
    joined: u16,
    #[wire(hex = lower)]
    #[fixed(4)]
    with_a_sign: u16,
    #[wire(hex(lowercase))]
    #[fixed(4)]
    long: u16,
    #[wire(hex(upper))]
    #[fixed(4)]
    upper: u16,
    #[wire(varint, padded)]
    padded: u32,
    #[wire(varint, max = 4)]
    bounded: u32,
    #[wire(bcd(4), swapped)]
    swapped: u32,
}

fn main() {}
