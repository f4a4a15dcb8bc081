use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Overlapping {
    #[wire(varint)]
    #[len_of(body..)]
    len: Auto<u32>,
    #[len_of(kind..=body)]
    most: Auto<u16>,
    kind: u8,
    #[len_prefixed(u8)]
    body: Vec<u8>,
    #[rest]
    data: Vec<u8>,
}

fn main() {}
