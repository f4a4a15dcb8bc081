use framewright::prelude::*;

#[derive(Frame)]
struct Fills {
    #[bits(8)]
    #[pad(fill = 1)]
    bits: Auto,
    #[wire(dec)]
    #[fixed(4, fill = b' ')]
    digits: u16,
    #[wire(hex)]
    #[until(b",", lenient)]
    lenient: u16,
}

fn main() {}
