//! Where `Vec` and `String` may stand, so may other owners of the same.

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
fn each_owner_is_what_it_holds() {
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
fn the_items_of_a_ring_are_counted_on() {
    let mut ring = VecDeque::from([0, 5]);
    ring.push_front(1);
    assert!(unwritable(Owners { ring, ..owners() }).starts_with("Owners.ring[1]"));
    let mut others = VecDeque::from([3, 0xffff]);
    others.push_front(1);
    assert!(unwritable(Owners { others, ..owners() }).starts_with("Owners.others[2]"));
}
