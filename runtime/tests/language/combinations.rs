//! Tests of unusual combinations of words. `testing::laws` must hold for each of them.
#![cfg(feature = "testing")]

use crate::by_json::laws;
use std::borrow::Cow;

use bytes::Bytes;
use framewright::checksum::{Adler32, Crc16Modbus, Crc32};
use framewright::prelude::*;

/// Fields that have the names of variables in generated code.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Names {
    i: u8,
    input: u16,
    src: u8,
    out: u8,
    w: u8,
    run: u8,
    bits: u8,
    size: u8,
    frame: u8,
    at: u8,
    value: u8,
    rest: u8,
    base: u8,
    r#type: u8,
    #[len(i)]
    error: Vec<u8>,
    #[when(r#type > 1)]
    tag: Option<u8>,
    #[calc(size.wrapping_add(at), verify)]
    number: Auto<u8>,
}

#[test]
fn names() {
    laws([Names {
        i: 1,
        input: 2,
        src: 3,
        out: 4,
        w: 5,
        run: 6,
        bits: 7,
        size: 8,
        frame: 9,
        at: 10,
        value: 11,
        rest: 12,
        base: 13,
        r#type: 14,
        error: vec![1],
        tag: Some(1),
        number: Auto::new(),
    }]);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, tag = u8, len_prefixed(varint))]
enum Nest {
    #[tag(1)]
    Leaf(#[rest] Vec<u8>),
    #[tag(2)]
    Node {
        #[len_prefixed(varint)]
        kids: Vec<Nest>,
        #[optional]
        more: Option<Box<Nest>>,
    },
    #[tag(3)]
    One(#[wire(varint)] u64, #[wire(zigzag)] i64),
}

#[test]
fn nest() {
    let leaf = |n| Nest::Leaf(vec![7; n]);
    laws([Nest::Node {
        kids: vec![leaf(0), leaf(125), Nest::One(1 << 40, -5)],
        more: Some(Box::new(Nest::Node { kids: vec![], more: None })),
    }]);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, len_prefixed(u16), magic = b"OK", tag = u8, max = 100)]
enum Heads {
    #[tag(0)]
    Unit,
    #[tag(1)]
    Two {
        #[align(4)]
        fill: Auto,
        x: u32,
        #[rest]
        s: String,
    },
    #[tag(2..=5)]
    Kept {
        #[tag]
        t: u8,
        #[until(0)]
        list: Vec<u8>,
    },
}

#[test]
fn heads() {
    laws([
        Heads::Unit,
        Heads::Two { fill: Auto::new(), x: 1, s: "hey".into() },
        Heads::Kept { t: 3, list: vec![1, 2] },
    ]);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, tag = [u8;3], until(b"\n"))]
enum Text {
    #[tag(b"GET")]
    Get {
        #[magic(b" ")]
        sp: Auto,
        #[rest]
        path: String,
    },
    #[tag(b"NUM")]
    Num {
        #[magic(b" ")]
        sp: Auto,
        #[wire(dec)]
        #[until(b" ")]
        n: i32,
        #[wire(hex(lower))]
        #[fixed(4)]
        h: u16,
    },
}

#[test]
fn text() {
    laws([
        Text::Get { sp: Auto::new(), path: "/x".into() },
        Text::Num { sp: Auto::new(), n: -12, h: 0xbeef },
    ]);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Wide {
    #[bits(1)]
    a: bool,
    #[bits(63)]
    b: u64,
    #[bits(64)]
    c: i64,
    #[bits(5)]
    d: i8,
    #[bits(3)]
    e: u8,
    #[bits(100)]
    f: u128,
    #[bits(28)]
    #[count_of(l)]
    n: Auto<u32>,
    l: Vec<u16>,
}

#[test]
fn wide() {
    laws([Wide {
        a: true,
        b: u64::MAX >> 1,
        c: -1,
        d: -16,
        e: 7,
        f: u128::MAX >> 28,
        l: vec![1, 2],
        n: Auto::new(),
    }]);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Fixes {
    #[fixed(4)]
    v: Vec<u16>,
    #[fixed(8, fill = 0xff)]
    b: Vec<u8>,
    #[fixed(3)]
    n: Inner,
    #[wire(varint)]
    #[count_of(x)]
    cx: Auto<u32>,
    #[wire(varint)]
    #[len_of(y, none = 0)]
    ly: Auto<u32>,
    x: Vec<Inner>,
    y: Option<Vec<u8>>,
    #[len_prefixed(u8)]
    z: Inner,
    #[len_prefixed(u8, none = 255)]
    zz: Option<Inner>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Inner(u16, #[check(_1 != 9, "no nine")] u8);

#[test]
fn fixes() {
    laws([
        Fixes {
            v: vec![1, 2],
            b: vec![1, 2, 3],
            n: Inner(1, 2),
            cx: Auto::new(),
            ly: Auto::new(),
            x: vec![Inner(3, 4); 3],
            y: Some(vec![1]),
            z: Inner(5, 6),
            zz: None,
        },
        Fixes {
            v: vec![0, 2],
            b: vec![],
            n: Inner(1, 2),
            cx: Auto::new(),
            ly: Auto::new(),
            x: vec![],
            y: None,
            z: Inner(5, 6),
            zz: Some(Inner(1, 1)),
        },
    ]);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Sums {
    #[checksum(Crc32, over = len..)]
    crc: Auto<u32>,
    #[len_of(len..)]
    len: Auto<u16>,
    #[wire(varint)]
    v: u64,
    #[len_prefixed(u8)]
    a: String,
    #[checksum(Crc16Modbus, over = len..=a)]
    c2: Auto<u16>,
    #[checksum(Adler32, over = a)]
    c3: Auto<u32>,
    #[rest]
    r: Bytes,
}

#[test]
fn sums() {
    laws([Sums {
        crc: Auto::new(),
        len: Auto::new(),
        v: 300,
        a: "xyz".into(),
        c3: Auto::new(),
        c2: Auto::new(),
        r: Bytes::from_static(b"rest"),
    }]);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, bound(T: OwnedFrame + PartialEq))]
struct Gen<T, const N: usize> {
    #[count_prefixed(u8)]
    l: Vec<T>,
    a: [T; N],
    #[optional]
    o: Option<Box<T>>,
}

#[test]
fn generic() {
    laws([Gen::<Inner, 2> {
        l: vec![Inner(1, 1)],
        a: [Inner(2, 2), Inner(3, 3)],
        o: Some(Box::new(Inner(4, 4))),
    }]);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, ctx(v: u8))]
enum Ver {
    #[tag(0..=3)]
    Old {
        #[tag]
        k: u8,
        #[when(v > 1)]
        x: Option<u8>,
        y: u8,
    },
    #[tag(_)]
    New(#[tag] u8, #[ctx(v)] Deep),
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, ctx(v: u8))]
struct Deep {
    #[when(v == 2)]
    z: Option<u32>,
    #[len(v)]
    b: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Versioned {
    v: u8,
    #[tag_of(body)]
    k: Auto<u8>,
    #[ctx(v)]
    #[len_prefixed(u8)]
    body: Ver,
    k2: u8,
    #[ctx(v)]
    #[tag(k2 & 0xf)]
    b2: Ver,
}

#[test]
fn versioned() {
    laws([
        Versioned {
            v: 2,
            k: Auto::new(),
            body: Ver::New(9, Deep { z: Some(1), b: vec![1, 2] }),
            k2: 0x13,
            b2: Ver::Old { k: 3, x: Some(1), y: 2 },
        },
        Versioned {
            v: 1,
            k: Auto::new(),
            body: Ver::Old { k: 0, x: None, y: 1 },
            k2: 0x10,
            b2: Ver::Old { k: 0, x: None, y: 2 },
        },
    ]);
}

#[test]
fn borrowed() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct B<'a> {
        #[len_prefixed(u8)]
        a: &'a str,
        #[len_prefixed(u16)]
        b: Cow<'a, [u8]>,
        #[until(0)]
        c: &'a [u8],
        #[count_prefixed(u8)]
        d: Vec<B2<'a>>,
        #[rest]
        e: Cow<'a, str>,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct B2<'a>(#[len_prefixed(u8)] &'a [u8]);
    let b = B { a: "x", b: Cow::Borrowed(b"yy"), c: b"z", d: vec![B2(b"q")], e: "é".into() };
    let v = b.to_vec().unwrap();
    assert_eq!(B::decode(&v).unwrap(), b);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, tag = quic)]
enum QuicFrame {
    #[tag(1)]
    Ping,
    #[tag(0x4001)]
    Big(u8),
    #[tag(_)]
    Other(u64),
}
#[test]
fn quic() {
    laws([QuicFrame::Ping, QuicFrame::Big(2), QuicFrame::Other(77)]);
}
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct VarTag {
    #[wire(varint)]
    #[tag_of(body)]
    k: Auto<u32>,
    #[calc(7)]
    seven: Auto<u32>,
    body: VarBody,
}
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
enum VarBody {
    #[tag(1)]
    A(u8),
    #[tag(300)]
    B(u16),
}
#[test]
fn var_tag() {
    laws([VarTag { k: Auto::new(), seven: Auto::new(), body: VarBody::B(1) }]);
}
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Ranges {
    a: u8,
    #[len_of(a..=c)]
    l1: Auto<u16>,
    #[len_of(b..=b)]
    l2: Auto<u8>,
    #[bits(4)]
    #[len_of(c, scale = 2)]
    l3: Auto<u8>,
    #[bits(4)]
    x: u8,
    #[rest]
    b: Vec<u8>,
    c: Vec<u16>,
    #[presence_of(d, some = 3, none = 1)]
    f: Auto<u8>,
    d: Option<u16>,
    #[count_of(e, none = 15)]
    #[bits(4)]
    n: Auto<u8>,
    #[bits(4)]
    #[pad]
    p: Auto,
    e: Option<Vec<u8>>,
}
#[test]
fn ranges() {
    laws([
        Ranges {
            a: 1,
            l1: Auto::new(),
            l2: Auto::new(),
            l3: Auto::new(),
            x: 2,
            b: vec![1, 2, 3],
            c: vec![5, 6],
            f: Auto::new(),
            d: Some(1),
            n: Auto::new(),
            p: Auto::new(),
            e: Some(vec![8]),
        },
        Ranges {
            a: 1,
            l1: Auto::new(),
            l2: Auto::new(),
            l3: Auto::new(),
            x: 2,
            b: vec![],
            c: vec![],
            f: Auto::new(),
            d: None,
            n: Auto::new(),
            p: Auto::new(),
            e: None,
        },
    ]);
}
#[derive(Debug, PartialEq, Clone, Copy)]
struct Even(u16);
impl TryFrom<u16> for Even {
    type Error = &'static str;
    fn try_from(n: u16) -> Result<Self, &'static str> {
        if n % 2 == 0 { Ok(Even(n)) } else { Err("odd") }
    }
}
impl From<Even> for u16 {
    fn from(e: Even) -> u16 {
        e.0
    }
}
#[derive(Frame, Debug, PartialEq, Clone, Copy)]
#[frame(be, tag = u8)]
enum Small {
    #[tag(0..=9)]
    One {
        #[tag]
        n: u8,
    },
    #[tag(10)]
    Two(u16),
}
impl TryFrom<usize> for Small {
    type Error = std::num::TryFromIntError;
    fn try_from(n: usize) -> Result<Self, Self::Error> {
        Ok(if n < 10 { Small::One { n: n.try_into()? } } else { Small::Two(n.try_into()?) })
    }
}
impl From<Small> for usize {
    fn from(s: Small) -> usize {
        match s {
            Small::One { n } => n.into(),
            Small::Two(n) => n.into(),
        }
    }
}
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Conv {
    #[wire(u16)]
    e: Even,
    #[count_prefixed(Small)]
    #[wire(u16)]
    l: Vec<Even>,
    #[len_prefixed(Small)]
    t: String,
    #[optional]
    #[wire(u16)]
    o: Option<Even>,
}
#[test]
fn conv() {
    laws([Conv { e: Even(2), l: vec![Even(4); 12], t: "x".into(), o: None }]);
    assert!(Conv::decode(&[0, 1, 0, 0]).unwrap_err().to_string().contains("Conv.e"));
}
