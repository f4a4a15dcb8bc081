use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_of(body, scael = 4)]
    length: Auto<u16>,
    #[checksum(Internet, ovre = body)]
    sum: Auto<u16>,
    #[calc(1, verfy)]
    constant: Auto<u16>,
    #[pad(1, strickt)]
    unused: Auto,
    #[rest]
    body: Vec<u8>,
}

fn main() {}
