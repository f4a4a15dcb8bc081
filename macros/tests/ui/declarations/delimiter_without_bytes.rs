use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[until(b"")]
    line: String,
}

fn main() {}
