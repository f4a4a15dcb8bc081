//! A derive that is missing is asked for by the size, the parser and the encoder.

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
