use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, max = 3)]
struct Long(u32);

fn main() {}
