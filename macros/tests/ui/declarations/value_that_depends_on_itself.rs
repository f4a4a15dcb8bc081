use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[calc(double + 1)]
    double: Auto<u8>,
    #[calc(ping)]
    pong: Auto<u8>,
    #[calc(pong)]
    ping: Auto<u8>,
}

#[derive(Frame)]
#[frame(be)]
struct Converted {
    #[calc(u16::from(low))]
    high: Auto<u16>,
    #[calc(u8::try_from(high).unwrap_or(0))]
    low: Auto<u8>,
}

fn main() {}
