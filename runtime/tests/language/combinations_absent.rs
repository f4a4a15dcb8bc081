//! Tests of unusual combinations of optional fields, open frames and padding. `testing::laws` must
//! hold for each of them.
#![cfg(feature = "testing")]

use crate::by_json::laws;
use std::net::Ipv6Addr;

use framewright::checksum::Sum8;
use framewright::prelude::*;

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le, tag = u16)]
enum Filled {
    #[tag(1)]
    Only {
        x: u8,
        #[align(8)]
        to_eight: Auto,
        y: u64,
        #[len_prefixed(u8)]
        text: String,
        #[align(4)]
        to_four: Auto,
    },
}

#[test]
fn fills_of_variants() {
    laws([Filled::Only { x: 1, to_eight: Auto::new(), y: 2, text: "abc".to_owned(), to_four: Auto::new() }]);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Open {
    first: u8,
    #[rest]
    rest: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Holder {
    #[len_of(a)]
    a_len: Auto<u16>,
    #[bits(12)]
    #[len_of(b)]
    b_len: Auto<u16>,
    #[bits(4)]
    flags: u8,
    a: Open,
    b: Open,
    #[until(b"\0")]
    c: Open,
    last: Open,
}

#[test]
fn open_frames_within_extents() {
    let open = |first, rest: &[u8]| Open { first, rest: rest.to_vec() };
    laws([Holder {
        a_len: Auto::new(),
        b_len: Auto::new(),
        flags: 3,
        a: open(1, &[2, 3]),
        b: open(4, &[]),
        c: open(7, &[9]),
        last: open(1, &[1]),
    }]);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, len_prefixed(u16, inclusive))]
struct Versions {
    first: u8,
    #[optional]
    second: Option<u16>,
    #[optional]
    #[len_prefixed(u8)]
    third: Option<String>,
    #[rest]
    unknown: Vec<u8>,
}

#[test]
fn optional_fields_of_later_versions() {
    let versions = |second, third: Option<&str>, unknown: &[u8]| Versions {
        first: 1,
        second,
        third: third.map(str::to_owned),
        unknown: unknown.to_vec(),
    };
    laws([versions(None, None, &[]), versions(Some(2), None, &[]), versions(Some(2), Some("x"), &[3])]);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, tag = bits(1))]
enum More {
    #[tag(1)]
    Go {
        #[bits(7)]
        value: u8,
    },
    #[tag(0)]
    Stop {
        #[bits(7)]
        value: u8,
    },
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Numbers {
    wide: u128,
    signed: i128,
    float: f64,
    tuple: (u8, u16, [i32; 2]),
    #[wire(i56)]
    odd: i64,
    #[wire(be)]
    turned: f32,
    #[wire(u40)]
    odds: [u64; 2],
    frames: [More; 2],
    address: Ipv6Addr,
    #[until(|more| matches!(more, More::Stop { .. }))]
    ended: Vec<More>,
    #[count_prefixed(u8)]
    counted: Vec<More>,
}

#[test]
fn numbers_and_small_frames() {
    let (go, stop) = (More::Go { value: 1 }, More::Stop { value: 2 });
    laws([Numbers {
        wide: 1,
        signed: -1,
        float: 1.5,
        tuple: (1, 2, [3, -4]),
        odd: -5,
        turned: 2.5,
        odds: [1, 2],
        frames: [go.clone(), stop.clone()],
        address: Ipv6Addr::LOCALHOST,
        ended: vec![go.clone(), stop],
        counted: vec![go],
    }]);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Whens {
    kind: u8,
    #[when(kind > 0)]
    #[magic(0xcafe)]
    magic: Auto<u16>,
    #[when(kind > 1)]
    #[pad(3)]
    pad: Auto,
    #[when(kind > 2)]
    #[align(4)]
    align: Auto,
    #[skip]
    skipped: u32,
    #[when(kind > 3)]
    #[checksum(Sum8, over = ..=kind)]
    sum: Auto<u8>,
    last: u8,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, tag = u8)]
enum Summed {
    #[tag(1)]
    Maybe {
        kind: u8,
        #[when(kind > 3)]
        #[checksum(Sum8, over = ..=kind)]
        sum: Auto<u8>,
        last: u8,
    },
}

#[test]
fn autos_that_may_be_absent() {
    laws((0..6).map(|kind| Whens {
        kind,
        magic: Auto::new(),
        pad: Auto::new(),
        align: Auto::new(),
        skipped: 0,
        sum: Auto::new(),
        last: 1,
    }));
    laws((2..6).map(|kind| Summed::Maybe { kind, sum: Auto::new(), last: 1 }));
}
