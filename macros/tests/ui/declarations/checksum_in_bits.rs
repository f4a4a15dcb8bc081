use framewright::checksum::Crc5Usb;
use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[bits(11)]
    number: u16,
    #[bits(5)]
    #[checksum(Crc5Usb, over = ..)]
    sum: Auto<u8>,
}

fn main() {}
