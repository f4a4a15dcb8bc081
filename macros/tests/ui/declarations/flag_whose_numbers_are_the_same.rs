use framewright::prelude::*;

#[derive(Frame)]
struct Packet {
    #[presence_of(a, some = 1, none = 1)]
    there: Auto<u8>,
    a: Option<u8>,
}

fn main() {}
