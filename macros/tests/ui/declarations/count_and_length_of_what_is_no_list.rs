use framewright::prelude::*;

#[derive(Frame)]
struct Packet {
    #[count_of(body)]
    count: Auto<u8>,
    #[len_of(body)]
    len: Auto<u8>,
    body: String,
}

fn main() {}
