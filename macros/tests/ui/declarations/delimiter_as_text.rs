use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[until("\n")]
    line: String,
}

fn main() {}
