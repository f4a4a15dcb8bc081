use framewright::checksum::Internet;
use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[checksum(Internet, over = ..)]
    first: Auto<u16>,
    #[checksum(Internet, over = ..)]
    second: Auto<u16>,
}

fn main() {}
