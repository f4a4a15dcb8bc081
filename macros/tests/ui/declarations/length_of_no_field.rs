use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_of(bdy)]
    length: Auto<u16>,
    #[count_of(itms)]
    count: Auto<u16>,
    #[rest]
    body: Vec<u8>,
}

fn main() {}
