//! Tests of tags that are fields outside of the enum.

use framewright::prelude::*;

use crate::held::{refused, same};

#[test]
fn a_value_must_have_the_variant_of_its_tag() {
    #[derive(Frame, Debug, PartialEq)]
    struct Outer {
        kind: u8,
        #[tag(kind)]
        body: Body,
    }

    #[derive(Frame, Debug, PartialEq)]
    enum Body {
        #[tag(0 | 1)]
        Some(u8),
        #[tag(2..=5)]
        Range(u8),
        #[tag(8..=9)]
        Kept {
            #[tag]
            kind: u8,
        },
        #[tag(_)]
        Other(u8),
    }

    same(Outer { kind: 0, body: Body::Some(9) }, &[0, 9]);
    same(Outer { kind: 1, body: Body::Some(9) }, &[1, 9]);
    same(Outer { kind: 4, body: Body::Range(9) }, &[4, 9]);
    same(Outer { kind: 8, body: Body::Kept { kind: 8 } }, &[8]);
    same(Outer { kind: 77, body: Body::Other(5) }, &[77, 5]);
    for (kind, body) in [
        (0, Body::Other(5)),
        (5, Body::Other(5)),
        (9, Body::Other(9)),
        (2, Body::Some(9)),
        (6, Body::Range(9)),
        (77, Body::Some(9)),
        (8, Body::Kept { kind: 9 }),
        (7, Body::Kept { kind: 7 }),
    ] {
        refused(Outer { kind, body });
    }
    assert_eq!(
        refused(Outer { kind: 1, body: Body::Range(5) }),
        "Outer.body: expected the tag 1 according to earlier fields, found 2..=5"
    );
}

#[test]
fn a_catch_all_variant_needs_no_fields() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(ctx(kind: u8))]
    struct Outer {
        #[tag(kind)]
        body: Body,
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    enum Body {
        #[tag(1)]
        One(u16),
        #[tag(_)]
        Nothing,
    }

    let nothing = Outer { body: Body::Nothing };
    assert_eq!(Outer::decode_with(&[], 9u8).unwrap(), nothing);
    let mut out = Vec::new();
    nothing.encode_with(&mut out, 9u8).unwrap();
    assert!(out.is_empty());
    nothing.encode_with(&mut out, 1u8).unwrap_err();
    Outer { body: Body::One(3) }.encode_with(&mut out, 9u8).unwrap_err();
}

#[test]
fn tag_of_writes_the_first_alternative() {
    #[derive(Frame, Debug, PartialEq)]
    struct Outer {
        #[tag_of(body)]
        kind: Auto<u8>,
        body: Body,
    }

    #[derive(Frame, Debug, PartialEq)]
    enum Body {
        #[tag(7 | 1 | 3..=5)]
        Some(u8),
        #[tag(20..=30)]
        Kept {
            #[tag]
            kind: u8,
        },
    }

    let outer = |body| Outer { kind: Auto::new(), body };
    same(outer(Body::Some(9)), &[7, 9]);
    assert_eq!(Outer::decode(&[4, 9]).unwrap(), outer(Body::Some(9)));
    same(outer(Body::Kept { kind: 21 }), &[21]);
    refused(outer(Body::Kept { kind: 31 }));
}

#[test]
fn tags_of_several_values() {
    #[derive(Frame, Debug, PartialEq)]
    struct Outer {
        class: u8,
        #[bits(4)]
        high: i8,
        #[bits(4)]
        low: u8,
        #[tag((class, *b"ab", high))]
        body: Body,
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    enum Body {
        #[tag((1, b"ab", -2))]
        One(u16),
        #[tag((1, _, 0..=3) | (2, _, _))]
        Low(u8),
        #[tag((1, _, _))]
        First,
        #[tag(_)]
        Other(u8),
    }

    let outer = |class, high, body| Outer { class, high, low: 15, body };
    same(outer(1, -2, Body::One(7)), &[1, 0xef, 0, 7]);
    same(outer(1, 3, Body::Low(7)), &[1, 0x3f, 7]);
    same(outer(2, 3, Body::Low(7)), &[2, 0x3f, 7]);
    same(outer(1, -3, Body::First), &[1, 0xdf]);
    same(outer(3, -2, Body::Other(5)), &[3, 0xef, 5]);
    refused(outer(1, -2, Body::First));
    refused(outer(1, -2, Body::Other(5)));
    refused(outer(1, 3, Body::First));
    refused(outer(3, 0, Body::Low(7)));
}

#[test]
fn byte_strings_from_outside() {
    #[derive(Frame, Debug, PartialEq)]
    struct Outer {
        word: [u8; 2],
        #[tag(word)]
        body: Body,
    }

    #[derive(Frame, Debug, PartialEq)]
    enum Body {
        #[tag(b"ON" | b"on")]
        On(u8),
        #[tag(_)]
        Other(u8),
    }

    same(Outer { word: *b"on", body: Body::On(1) }, b"on\x01");
    same(Outer { word: *b"no", body: Body::Other(1) }, b"no\x01");
    refused(Outer { word: *b"ON", body: Body::Other(1) });
}

#[test]
fn a_constant_may_lie_beside_a_range_of_constants() {
    const FIRST: i128 = 6;
    const LAST: i128 = 9;
    const FIVE: i128 = 5;

    #[derive(Frame, Debug, PartialEq)]
    struct Outer {
        kind: u8,
        #[tag(kind)]
        body: Body,
    }

    #[derive(Frame, Debug, PartialEq)]
    enum Body {
        #[tag(FIVE)]
        Five,
        #[tag(FIRST..=LAST)]
        Near(u8),
        #[tag(_)]
        Far,
    }

    same(Outer { kind: 5, body: Body::Five }, &[5]);
    same(Outer { kind: 6, body: Body::Near(1) }, &[6, 1]);
    same(Outer { kind: 10, body: Body::Far }, &[10]);
    same(Outer { kind: 9, body: Body::Near(1) }, &[9, 1]);
    refused(Outer { kind: 5, body: Body::Near(1) });
    refused(Outer { kind: 6, body: Body::Far });
}

#[derive(Frame, Debug, PartialEq)]
struct Chosen {
    is_short: bool,
    #[tag(is_short)]
    by_flag: ByFlag,
    #[len_prefixed(u8)]
    body: Vec<u8>,
    #[tag(body.len())]
    by_len: ByLen,
    #[tag_of(last)]
    flag: Auto<bool>,
    last: ByFlag,
}

#[derive(Frame, Debug, PartialEq)]
enum ByFlag {
    #[tag(true)]
    Short,
    #[tag(false)]
    Long(u8),
}

#[derive(Frame, Debug, PartialEq)]
enum ByLen {
    #[tag(0)]
    Empty,
    #[tag(1..)]
    Some {
        #[tag]
        len: usize,
    },
}

#[test]
fn a_flag_or_a_size_is_a_tag() {
    let short = Chosen {
        is_short: true,
        by_flag: ByFlag::Short,
        body: vec![],
        by_len: ByLen::Empty,
        flag: Auto::new(),
        last: ByFlag::Long(7),
    };
    assert_eq!(short.to_vec().unwrap(), [1, 0, 0, 7]);
    let long = Chosen {
        is_short: false,
        by_flag: ByFlag::Long(3),
        body: vec![1, 2],
        by_len: ByLen::Some { len: 2 },
        flag: Auto::new(),
        last: ByFlag::Short,
    };
    assert_eq!(long.to_vec().unwrap(), [0, 3, 2, 1, 2, 1]);
    assert!(Chosen { by_flag: ByFlag::Short, ..long }.to_vec().is_err());
    crate::by_json::laws([short]);
}
