use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_of(..)]
    total: Auto<u16>,
    #[when(total > 4)]
    #[magic(7)]
    extra: Auto<u8>,
}

fn main() {}
