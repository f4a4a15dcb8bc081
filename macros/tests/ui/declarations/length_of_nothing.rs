use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_of]
    length: Auto<u16>,
    #[len_of(body..=length)]
    other: Auto<u16>,
    #[len_of(..=)]
    third: Auto<u16>,
    #[rest]
    body: Vec<u8>,
}

fn main() {}
