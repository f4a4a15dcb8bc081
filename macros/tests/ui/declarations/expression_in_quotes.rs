use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    n: u16,
    #[count("n")]
    items: Vec<u16>,
    #[len("n - 1")]
    bytes: Vec<u8>,
    #[when("n > 1")]
    more: Option<u8>,
    #[check("end == 0", "the end is 0")]
    end: u8,
}

fn main() {}
