use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Digits {
    width: u8,
    #[wire(bcd)]
    bare: u32,
    #[wire(bcd(0))]
    none: u32,
    #[wire(bcd(4, fill = 7))]
    fill: u32,
    #[wire(bcd(4, swaped))]
    swapped: u32,
    #[wire(bcd(4))]
    float: f32,
    #[wire(bcd(4))]
    #[len_prefixed]
    text: String,
    #[wire(bcd(4), le)]
    order: u32,
    #[wire(bcd(width))]
    dynamic: u32,
    #[wire(bytes)]
    unsaid: u32,
    #[wire(bytes(wide))]
    unknown: u32,
    #[wire(bytes(width))]
    real: f64,
    #[len_prefixed(bytes(width))]
    prefix: String,
    #[wire(bytes(width))]
    array: [u32; 2],
    #[wire(bytes(later))]
    early: u32,
    later: u8,
}

const FILL: u8 = 3;

#[derive(Frame)]
struct Constants {
    #[wire(bcd(4, fill = FILL))]
    fill: u32,
}

#[derive(Frame)]
struct Unordered {
    width: u8,
    #[wire(bytes(width))]
    number: u32,
}

fn main() {}
