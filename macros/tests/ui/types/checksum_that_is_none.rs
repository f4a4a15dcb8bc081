use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[checksum(Fletcher, over = ..)]
    sum: Auto<u16>,
}

struct Fletcher;

fn main() {}
