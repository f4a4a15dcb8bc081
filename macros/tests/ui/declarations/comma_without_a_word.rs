use framewright::prelude::*;

#[derive(Frame)]
#[frame(be,,)]
struct Two(u16);

#[derive(Frame)]
#[frame(, be)]
struct First(u16);

#[derive(Frame)]
#[frame(be)]
struct Inside(#[len_prefixed(u16, max = 3,,)] Vec<u8>);

fn main() {}
