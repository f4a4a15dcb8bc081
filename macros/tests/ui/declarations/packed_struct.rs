use framewright::prelude::*;

#[derive(Frame, Clone, Copy)]
#[repr(C, packed)]
#[frame(be)]
struct Packed {
    kind: u8,
    number: u32,
}

#[derive(Frame, Clone, Copy)]
#[repr(packed(2))]
#[frame(be)]
struct Wide {
    first: [u16; 2],
    second: [u64; 1],
}

#[derive(Frame, Clone, Copy)]
#[repr(packed)]
struct Named {
    other: Other,
}

#[derive(Frame, Clone, Copy)]
struct Other {
    kind: u8,
}

#[derive(Frame, Clone, Copy)]
#[repr(packed)]
struct Generic<const N: usize> {
    data: [u8; N],
}

fn main() {}
