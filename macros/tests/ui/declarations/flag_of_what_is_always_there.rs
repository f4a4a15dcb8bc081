use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[presence_of(value)]
    flag: Auto<bool>,
    value: u8,
}

fn main() {}
