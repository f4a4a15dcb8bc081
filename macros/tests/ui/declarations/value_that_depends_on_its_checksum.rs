use framewright::checksum::Sum8;
use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[checksum(Sum8, over = ..)]
    sum: Auto<u8>,
    #[when(sum > 4)]
    #[magic(7)]
    extra: Auto<u8>,
}

fn main() {}
