use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[skip]
    cache: Cache,
}

struct Cache;

fn main() {}
