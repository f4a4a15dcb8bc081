use framewright::checksum::Crc32;
use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[wire(varint)]
    #[checksum(Crc32, over = ..)]
    sum: Auto<u32>,
}

fn main() {}
