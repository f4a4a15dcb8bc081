//! A nested type without `derive(Frame)`: the size, the parser and the encoder each need it.

use framewright::prelude::*;

struct Inner {
    a: u8,
}

#[derive(Frame)]
#[frame(be)]
struct Outer {
    inner: Inner,
}

fn main() {}
