use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[presence_of(value)]
    flag: Auto<bool>,
    #[when(flag)]
    value: Option<u8>,
}

fn main() {}
