use framewright::checksum::Crc16Modbus;
use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    number: u16,
    #[checksum(Crc16Modbus, over = ..sum)]
    sum: Auto<u32>,
}

fn main() {}
