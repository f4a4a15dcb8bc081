use framewright::prelude::*;

use std::borrow::Cow;

#[derive(Frame)]
struct Packet<'a> {
    bytes: &'a [u8],
    text: Cow<'a, str>,
}

fn main() {}
