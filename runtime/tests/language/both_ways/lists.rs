//! Tests of lists, recursive types, and large bodies.

use std::fmt::Debug;

use framewright::checksum::Crc32;
use framewright::prelude::*;

use crate::held::{refused, round};

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Lists {
    #[until(|item| item.last)]
    kept: Vec<Item>,
    #[until(Item { last: false, value: 0 })]
    dropped: Vec<Item>,
    #[until(0)]
    #[wire(varint)]
    numbers: Vec<u16>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Item {
    #[bits(1)]
    last: bool,
    #[bits(7)]
    value: u8,
}

#[test]
fn lists() {
    let item = |last, value| Item { last, value };
    round(
        Lists {
            kept: vec![item(false, 1), item(true, 2)],
            dropped: vec![item(false, 3)],
            numbers: vec![300],
        },
        b"\x01\x82\x03\0\xac\x02\0",
    );
    let lists = |kept, dropped| Lists { kept, dropped, numbers: vec![] };
    assert!(refused(lists(vec![item(false, 1)], vec![])).contains("Lists.kept"));
    assert!(refused(lists(vec![item(true, 1), item(true, 1)], vec![])).contains("Lists.kept[0]"));
    assert!(refused(lists(vec![item(true, 1)], vec![item(false, 0)])).contains("Lists.dropped[0]"));
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Tree {
    value: u8,
    #[presence_of(next)]
    has_next: Auto<u8>,
    next: Option<Box<Tree>>,
    #[count_prefixed(u8)]
    children: Vec<Tree>,
}

#[test]
fn recursion_is_bounded() {
    let leaf = |value, next| Tree { value, has_next: Auto::new(), next, children: vec![] };
    round(leaf(1, Some(Box::new(leaf(2, None)))), b"\x01\x01\x02\0\0\0");
    let deep = [1, 1].repeat(100_000);
    let error = Tree::decode(&deep).unwrap_err();
    assert!(matches!(error.kind(), framewright::DecodeErrorKind::Depth), "{error:?}");
    let deep = [0, 0, 1].repeat(100_000);
    assert!(matches!(Tree::decode(&deep).unwrap_err().kind(), framewright::DecodeErrorKind::Depth));
}

#[derive(Frame, Debug, PartialEq)]
struct Nothing;

#[derive(Frame, Debug, PartialEq)]
struct Nothings(#[count_prefixed(u8)] Vec<Nothing>);

#[test]
fn items_without_bytes_are_refused() {
    round(Nothings(vec![]), b"\0");
    assert!(refused(Nothings(vec![Nothing])).contains("Nothings.0[0]"));
    assert!(Nothings::decode(b"\xff").unwrap_err().to_string().starts_with("Nothings.0"));
}

#[test]
fn chains_share_large_bodies() {
    #[derive(Frame, Debug)]
    #[frame(be)]
    struct File {
        #[len_of(..)]
        len: Auto<u32>,
        #[len_prefixed]
        data: bytes::Bytes,
        #[checksum(Crc32, over = data)]
        sum: Auto<u32>,
        #[until(0)]
        name: String,
    }
    let file = |name: &str| File {
        len: Auto::new(),
        data: bytes::Bytes::from(vec![7; 5000]),
        sum: Auto::new(),
        name: name.into(),
    };
    let mut chain = framewright::sink::Chain::new();
    file("a").encode(&mut chain).unwrap();
    assert!(file("b\0").encode(&mut chain).is_err(), "and what it wrote is gone");
    file("c").encode(&mut chain).unwrap();
    let segments = chain.into_segments();
    assert_eq!(segments.iter().filter(|segment| segment.len() == 5000).count(), 2);
    assert_eq!(segments.concat(), [file("a").to_vec().unwrap(), file("c").to_vec().unwrap()].concat());
}
