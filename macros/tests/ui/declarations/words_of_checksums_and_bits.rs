//! Words that a checksum or a bit field does not have, has twice, or has without a value.

use framewright::checksum::Crc16Modbus;
use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct OrderOfAChecksum {
    body: u16,
    #[checksum(Crc16Modbus, over = body, le)]
    crc: Auto<u16>,
}

#[derive(Frame)]
#[frame(be)]
struct OverWithoutFields {
    body: u16,
    #[checksum(Crc16Modbus, over)]
    crc: Auto<u16>,
}

#[derive(Frame)]
#[frame(be)]
struct OverTwice {
    body: u16,
    #[checksum(Crc16Modbus, over = body, over = ..)]
    crc: Auto<u16>,
}

#[derive(Frame)]
#[frame(be)]
struct UnknownWord {
    body: u16,
    #[checksum(Crc16Modbus, ovr = body)]
    crc: Auto<u16>,
}

#[derive(Frame)]
#[frame(be)]
struct BitsWithoutAType {
    #[bits(8, as)]
    kind: u8,
}

#[derive(Frame)]
#[frame(be)]
struct BitsTwice {
    #[bits(8, strict, strict)]
    kind: u8,
}

fn main() {}
