//! Tests of samples generated from schemas: every kind of declaration has samples, edge cases come
//! first, and all samples satisfy `testing::laws`.

use std::collections::BTreeSet;

use framewright::prelude::*;
use framewright::testing::{any, damaged, laws, samples};
use proptest::prelude::*;

#[derive(Frame, Clone, Debug, PartialEq)]
#[frame(be)]
struct Numbers {
    a: u8,
    b: i16,
    c: u64,
    d: f32,
    e: bool,
    #[wire(u24)]
    f: u32,
    #[wire(varint)]
    g: u16,
    #[wire(zigzag)]
    h: i32,
    #[bits(3)]
    i: u8,
    #[bits(5)]
    #[pad]
    j: Auto,
    k: [u16; 3],
    l: (u8, i8),
}

#[derive(Frame, Clone, Debug, PartialEq)]
#[frame(be)]
struct Sized {
    n: u8,
    #[len(n & 7)]
    body: Vec<u8>,
    #[len_of(text)]
    size: Auto<u16>,
    text: String,
    #[count_prefixed(u8)]
    items: Vec<u16>,
    #[until(b"\r\n")]
    line: String,
    #[fixed(8)]
    name: String,
    #[len_prefixed(u8, scale = 4)]
    words: Vec<u8>,
}

#[derive(Frame, Clone, Debug, PartialEq)]
#[frame(be, tag = u8)]
enum Body {
    #[tag(1)]
    Empty,
    #[tag(2)]
    Pair(u8, u16),
    #[tag(3 | 4)]
    Kept {
        #[tag]
        which: u8,
        #[rest]
        rest: Vec<u8>,
    },
    #[tag(_)]
    Other(u8),
}

#[derive(Frame, Clone, Debug, PartialEq)]
#[frame(be)]
enum Inner {
    #[tag(1)]
    A(u8),
    #[tag(2)]
    B { x: u16 },
}

#[derive(Frame, Clone, Debug, PartialEq)]
#[frame(be)]
struct Related {
    flags: u8,
    #[when(flags & 1 != 0)]
    extra: Option<u16>,
    #[presence_of(maybe)]
    has: Auto<bool>,
    maybe: Option<u32>,
    #[tag_of(inner)]
    kind: Auto<u8>,
    inner: Inner,
    by: u8,
    #[tag(by)]
    chosen: Inner,
    #[len_prefixed(u16, none = 0xffff)]
    note: Option<String>,
    #[check(limit < 200, "below 200")]
    limit: u8,
    #[len_prefixed(u8)]
    body: Body,
    #[checksum(framewright::checksum::Crc32, over = ..sum)]
    sum: Auto<u32>,
    #[optional]
    last: Option<u8>,
}

#[derive(Frame, Clone, Debug, PartialEq)]
#[frame(be)]
struct Tree {
    value: u8,
    #[count_prefixed(u8)]
    children: Vec<Tree>,
}

#[derive(Frame, Clone, Debug, PartialEq)]
#[frame(be)]
struct Never {
    #[check(number == 0x1234_5678, "the right number")]
    number: u32,
}

#[test]
fn samples_satisfy_the_laws() {
    laws::<Numbers>([]);
    laws::<Sized>([]);
    laws::<Body>([]);
    laws::<Related>([]);
    laws::<Tree>([]);
}

#[test]
fn edge_cases_come_first() {
    let values = samples::<Related>(3, 64);
    assert_eq!((values[0].flags, values[0].extra, values[0].maybe), (0, None, None));
    for there in [true, false] {
        assert!(values.iter().any(|value| value.extra.is_some() == there));
        assert!(values.iter().any(|value| value.maybe.is_some() == there));
        assert!(values.iter().any(|value| value.note.is_some() == there));
        assert!(values.iter().any(|value| value.last.is_some() == there));
    }
    let variants: BTreeSet<_> = values
        .iter()
        .map(|value| match value.body {
            Body::Empty => 0,
            Body::Pair(..) => 1,
            Body::Kept { .. } => 2,
            Body::Other(_) => 3,
        })
        .collect();
    assert_eq!(variants.len(), 4);
    let numbers = samples::<Numbers>(1, 40);
    assert_eq!(numbers[0].c, 0);
    assert_eq!((numbers[1].a, numbers[1].c), (u8::MAX, u64::MAX));
}

#[test]
fn a_seed_determines_the_values() {
    assert_eq!(samples::<Sized>(5, 10), samples::<Sized>(5, 10));
    assert_ne!(samples::<Sized>(5, 10), samples::<Sized>(6, 10));
}

#[test]
#[should_panic(expected = "Never.number")]
fn a_check_that_refuses_every_sample_is_named() {
    let _ = samples::<Never>(1, 3);
}

#[test]
fn damaged_bytes_never_panic() {
    for bytes in damaged::<Related>(1, 300) {
        if let Ok(value) = Related::decode(&bytes) {
            assert!(value.to_vec().is_ok());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn as_a_strategy(value in any::<Related>()) {
        prop_assert_eq!(Related::decode(&value.to_vec().unwrap()).unwrap(), value);
    }
}

/// Whether the float is there decides about all others, so a guess for each would hardly ever be
/// right.
#[test]
fn samples_know_whether_a_float_is_there() {
    #[derive(Frame, Clone, Debug, PartialEq)]
    #[frame(be)]
    struct Place {
        #[none(f32::NAN)]
        height: Option<f32>,
        #[when(height.is_some())]
        a: Option<u8>,
        #[when(height.is_some())]
        b: Option<u8>,
        #[when(height.is_some())]
        c: Option<u8>,
        #[when(height.is_some())]
        d: Option<u8>,
        #[when(height.is_some())]
        e: Option<u8>,
        #[when(height.is_some())]
        f: Option<u8>,
        #[when(height.is_some())]
        g: Option<u8>,
        #[when(height.is_some())]
        h: Option<u8>,
        #[when(height.is_some())]
        i: Option<u8>,
        #[when(height.is_some())]
        j: Option<u8>,
        #[when(height.is_some())]
        k: Option<u8>,
        #[when(height.is_some())]
        l: Option<u8>,
    }
    let values = samples::<Place>(3, 40);
    assert!(values.iter().any(|value| value.height.is_some() && value.l.is_some()));
    assert!(values.iter().any(|value| value.height.is_none()));
}
