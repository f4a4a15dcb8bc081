use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[with(module)]
    #[until(|byte| *byte == 0)]
    body: Vec<u8>,
}

fn main() {}
