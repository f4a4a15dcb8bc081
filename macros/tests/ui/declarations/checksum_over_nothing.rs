use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[checksum(Internet)]
    sum: Auto<u16>,
}

fn main() {}
