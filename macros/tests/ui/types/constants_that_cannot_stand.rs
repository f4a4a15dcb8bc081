use framewright::prelude::*;

const NONE: &[u8] = b"";
const NO_END: &[u8] = b"";
const NUMBER: u16 = 0xCAFE;

#[derive(Frame)]
#[frame(magic = NUMBER)]
struct NoOrder(u8);

#[derive(Frame)]
#[frame(magic = NONE, until(NO_END))]
struct Empty {
    #[until(NONE)]
    text: String,
    #[magic(NONE)]
    magic: Auto,
}

fn main() {}
