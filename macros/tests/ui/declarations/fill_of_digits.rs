use framewright::prelude::*;

#[derive(Frame)]
struct Packet {
    #[wire(dec)]
    #[fixed(4, fill = b' ')]
    digits: u16,
}

fn main() {}
