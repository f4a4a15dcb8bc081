use framewright::prelude::*;

#[derive(Frame)]
struct Packet {
    flag: u8,
    #[when(flag == 1)]
    #[len_prefixed(u8, none = 0xff)]
    a: Option<Vec<u8>>,
    #[count_of(b, none = 0)]
    n: Auto<u8>,
    #[optional]
    b: Option<Vec<u8>>,
}

fn main() {}
