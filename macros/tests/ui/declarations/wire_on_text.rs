use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[wire(u16)]
    #[rest]
    text: String,
}

fn main() {}
