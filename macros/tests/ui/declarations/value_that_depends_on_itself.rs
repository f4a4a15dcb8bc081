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

fn main() {}
