//! `fixed(N, fill = v)` on lists of items of several bytes.

use super::{refused, round, samples_of, unwritable};
use framewright::prelude::*;

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Slots {
    #[fixed(8, fill = 0xff)]
    words: Vec<u16>,
    #[fixed(7, fill = 0)]
    pairs: Box<[(u8, u16)]>,
}

#[test]
fn a_list_ends_where_only_fill_is_left() {
    let slots = Slots { words: vec![1, 0x02ff], pairs: Box::new([(1, 0)]) };
    round(slots.clone(), b"\0\x01\x02\xff\xff\xff\xff\xff\x01\0\0\0\0\0\0");
    round(Slots { words: vec![], pairs: Box::new([]) }, b"\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0");
    round(
        Slots { words: vec![1, 2, 3, 4], pairs: Box::new([(0, 1), (0, 2)]) },
        b"\0\x01\0\x02\0\x03\0\x04\0\0\x01\0\0\x02\0",
    );
    samples_of::<Slots>();
    assert!(unwritable(Slots { words: vec![0xffff], ..slots.clone() }).contains("0xff"));
    assert!(unwritable(Slots { words: vec![0; 5], ..slots.clone() }).contains("8"));
    assert!(unwritable(Slots { pairs: Box::new([(1, 1); 3]), ..slots }).contains("7"));
    assert!(refused::<Slots>(b"\0\x01\x02\xff\xff\xff\xff\xff\x01\0\0\0\0\0\x09").contains("Slots.pairs"));
}
