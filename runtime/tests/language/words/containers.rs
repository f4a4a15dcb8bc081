//! Tests of owning types that are allowed wherever `Vec` and `String` are.

use super::{refused, round, samples_of, unwritable};
use framewright::prelude::*;
use std::collections::VecDeque;
use std::sync::Arc;

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Owners {
    #[len_prefixed(u8)]
    boxed: Box<[u8]>,
    #[count_prefixed(u8)]
    shared: Arc<[u16]>,
    #[until(|item| *item == 0)]
    ring: VecDeque<u16>,
    #[until(0xffff)]
    others: VecDeque<u16>,
    #[len_prefixed(u8)]
    name: Box<str>,
    #[until(0)]
    title: Arc<str>,
    #[count_of(bytes)]
    count: Auto<u8>,
    bytes: VecDeque<u8>,
    #[rest]
    pairs: Box<[(u8, u8)]>,
}

fn owners() -> Owners {
    let mut ring = VecDeque::from([2, 3, 0]);
    ring.push_front(1);
    let mut bytes = VecDeque::from([8, 9]);
    bytes.push_front(7);
    Owners {
        boxed: [1, 2].into(),
        shared: [3, 4].into(),
        ring,
        others: VecDeque::from([5]),
        name: "ab".into(),
        title: "c".into(),
        count: Auto::new(),
        bytes,
        pairs: [(1, 2)].into(),
    }
}

#[test]
fn owning_types_encode_like_their_content() {
    let value = owners();
    assert!(!value.ring.as_slices().1.is_empty() && !value.bytes.as_slices().1.is_empty(), "in two pieces");
    let bytes =
        b"\x02\x01\x02\x02\0\x03\0\x04\0\x01\0\x02\0\x03\0\0\0\x05\xff\xff\x02abc\0\x03\x07\x08\x09\x01\x02";
    let dump = value.dump().to_string();
    assert!(dump.contains("[1, 2, 3, 0]"), "{dump}");
    round(value, bytes);
    samples_of::<Owners>();
    assert!(refused::<Owners>(b"\x02\x01").starts_with("Owners.boxed"));
}

#[test]
fn errors_count_the_items_of_both_slices_of_a_ring() {
    let mut ring = VecDeque::from([0, 5]);
    ring.push_front(1);
    assert!(unwritable(Owners { ring, ..owners() }).starts_with("Owners.ring[1]"));
    let mut others = VecDeque::from([3, 0xffff]);
    others.push_front(1);
    assert!(unwritable(Owners { others, ..owners() }).starts_with("Owners.others[2]"));
}

#[allow(clippy::box_collection, clippy::vec_box, reason = "that they work is what is tested")]
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Boxes {
    number: Box<u32>,
    #[wire(le)]
    little: Box<u16>,
    #[wire(u24)]
    odd: Box<u32>,
    #[wire(varint)]
    varint: Box<u64>,
    array: Box<[u16; 2]>,
    pair: Box<(u8, u16)>,
    flag: u8,
    #[when(flag != 0)]
    maybe: Option<Box<i16>>,
    #[len_prefixed(u8)]
    text: Box<String>,
    #[count_prefixed(u8)]
    list: Box<Vec<u16>>,
    #[count_prefixed(u8)]
    items: Vec<Box<u16>>,
    #[rest]
    bytes: Box<Vec<u8>>,
}

#[test]
fn a_box_encodes_like_its_content() {
    let value = Boxes {
        number: Box::new(1),
        little: Box::new(2),
        odd: Box::new(3),
        varint: Box::new(300),
        array: Box::new([4, 5]),
        pair: Box::new((6, 7)),
        flag: 1,
        maybe: Some(Box::new(-1)),
        text: Box::new("ab".into()),
        list: Box::new(vec![8, 9]),
        items: vec![Box::new(10)],
        bytes: Box::new(vec![11, 12]),
    };
    let bytes = b"\0\0\0\x01\x02\0\0\0\x03\xac\x02\0\x04\0\x05\x06\0\x07\x01\xff\xff\x02ab\x02\0\x08\0\x09\x01\0\x0a\x0b\x0c";
    round(value, bytes);
    samples_of::<Boxes>();
    assert!(refused::<Boxes>(b"\0\0\0").starts_with("Boxes.number"));
}
