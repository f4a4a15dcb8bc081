use framewright::prelude::*;

#[derive(Frame, Clone, Copy)]
#[repr(C, packed)]
#[frame(be)]
struct Packed {
    kind: u8,
    number: u32,
}

fn main() {}
