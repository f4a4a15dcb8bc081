use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[until(|byte| *byte == 0)]
    text: String,
}

fn main() {}
