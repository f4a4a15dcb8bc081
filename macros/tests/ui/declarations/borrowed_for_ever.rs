use std::borrow::Cow;

use framewright::prelude::*;

#[derive(Frame)]
struct Packet {
    #[len_prefixed(u8)]
    name: Cow<'static, str>,
    #[count_prefixed(u8)]
    #[each(until(0))]
    list: Vec<&'static [u8]>,
    #[skip]
    label: &'static str,
}

fn main() {}
