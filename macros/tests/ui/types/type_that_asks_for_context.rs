use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    inner: Inner,
}

#[derive(Frame)]
#[frame(ctx(wide: bool))]
struct Inner {
    #[when(wide)]
    value: Option<u8>,
}

fn main() {}
