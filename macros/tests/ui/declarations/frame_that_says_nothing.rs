use framewright::prelude::*;

#[derive(Frame)]
#[frame]
struct Bare(u8);

#[derive(Frame)]
#[frame()]
struct Empty(u8);

#[derive(Frame)]
#[frame(ctx())]
struct NoContext(u8);

#[derive(Frame)]
#[frame(bound(u8: Copy))]
struct NoParameters(#[ctx()] NoContext);

fn main() {}
