//! What the quick functions must leave to the careful ones.

use framewright::prelude::*;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct SignedLen {
    #[len_of(body)]
    len: Auto<i16>,
    body: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct SignedCount {
    #[count_of(items)]
    count: Auto<i8>,
    #[len_of(text, bias = -3)]
    len: Auto<i8>,
    items: Vec<u16>,
    text: String,
    last: u8,
}
