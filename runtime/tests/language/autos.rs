//! Tests of fields that several `Auto`s describe. The encoder computes all of these `Auto`s, and
//! the decoder checks all of them.

use framewright::checksum::Sum8;
use framewright::prelude::*;

use crate::held::{same, wrong};

#[test]
fn a_count_and_a_length() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Both {
        #[count_of(v)]
        n: Auto<u8>,
        #[len_of(v)]
        l: Auto<u32>,
        v: Vec<u16>,
    }
    let both = Both { n: Auto::new(), l: Auto::new(), v: vec![1, 2, 3] };
    same(both, &[3, 0, 0, 0, 6, 0, 1, 0, 2, 0, 3]);
    let reason = wrong::<Both>(&[2, 0, 0, 0, 6, 0, 1, 0, 2, 0, 3]);
    assert_eq!(reason, "Both.n at byte 0: expected 3, found 2");
    wrong::<Both>(&[3, 0, 0, 0, 4, 0, 1, 0, 2]);

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Bits {
        #[bits(4)]
        #[len_of(v)]
        l: Auto<u8>,
        #[bits(4)]
        #[count_of(v)]
        n: Auto<u8>,
        #[wire(varint)]
        #[len_of(v)]
        again: Auto<u32>,
        v: Vec<u16>,
    }
    let bits = Bits { l: Auto::new(), n: Auto::new(), again: Auto::new(), v: vec![1, 2] };
    same(bits, &[0x42, 4, 0, 1, 0, 2]);
    assert!(wrong::<Bits>(&[0x43, 4, 0, 1, 0, 2]).contains("Bits.n at byte 0"));
    assert!(wrong::<Bits>(&[0x42, 5, 0, 1, 0, 2]).contains("Bits.again at byte 1"));
}

#[test]
fn two_lengths() {
    #[derive(Frame, Debug, PartialEq)]
    struct Two {
        #[len_of(b)]
        k: Auto<u8>,
        #[len_of(b)]
        j: Auto<u8>,
        b: Vec<u8>,
    }
    same(Two { k: Auto::new(), j: Auto::new(), b: vec![7, 8] }, &[2, 2, 7, 8]);
    assert_eq!(wrong::<Two>(&[2, 1, 7, 8]), "Two.j at byte 1: expected 2, found 1");
    wrong::<Two>(&[1, 2, 7]);

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Scaled {
        #[len_of(b, scale = 4, bias = 1)]
        words: Auto<u8>,
        id: u8,
        #[len_of(b, inclusive)]
        bytes: Auto<u16>,
        #[count_of(b)]
        count: Auto<u16>,
        b: Vec<u8>,
    }
    let scaled = Scaled { words: Auto::new(), id: 9, bytes: Auto::new(), count: Auto::new(), b: vec![7; 4] };
    same(scaled, &[2, 9, 0, 6, 0, 4, 7, 7, 7, 7]);

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Nested {
        #[len_of(inner)]
        one: Auto<u16>,
        #[len_of(inner)]
        two: Auto<u8>,
        #[len_of(inner..=inner)]
        three: Auto<u8>,
        inner: Inner,
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Inner {
        #[pad(2)]
        pad: Auto,
        #[rest]
        text: String,
    }
    let inner = Inner { pad: Auto::new(), text: "hey".into() };
    same(Nested { one: Auto::new(), two: Auto::new(), three: Auto::new(), inner }, b"\0\x05\x05\x05\0\0hey");
    wrong::<Nested>(b"\0\x05\x04\x05\0\0hey");
}

#[test]
fn lengths_beside_prefixes_and_delimiters() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Ends {
        #[len_of(a)]
        al: Auto<u8>,
        #[count_of(a)]
        an: Auto<u8>,
        #[count_prefixed(u8)]
        a: Vec<u16>,
        #[len_of(b)]
        bl: Auto<u8>,
        #[count_of(b)]
        bn: Auto<u8>,
        #[until(0)]
        b: Vec<u16>,
        #[len_of(c)]
        cl: Auto<u8>,
        #[count_of(c)]
        cn: Auto<u8>,
        #[until(b"\n")]
        c: Vec<u8>,
        #[len_of(d)]
        dl: Auto<u8>,
        #[count_of(d)]
        dn: Auto<u8>,
        #[until(|item| *item == 9)]
        d: Vec<u16>,
        #[len_of(e)]
        el: Auto<u8>,
        #[count_of(e)]
        en: Auto<u8>,
        #[count(an)]
        e: Vec<u16>,
        #[len_of(f)]
        fl: Auto<u8>,
        #[fixed(4, fill = 7)]
        f: Vec<u8>,
        #[len_of(g)]
        gl: Auto<u8>,
        #[count_of(g)]
        gn: Auto<u8>,
        #[len_prefixed(u8, inclusive)]
        g: Vec<u16>,
        #[len_of(h)]
        hl: Auto<u8>,
        #[count_of(h)]
        hn: Auto<u8>,
        #[rest]
        h: Vec<u16>,
    }
    let ends = Ends {
        al: Auto::new(),
        an: Auto::new(),
        a: vec![1],
        bl: Auto::new(),
        bn: Auto::new(),
        b: vec![2, 3],
        cl: Auto::new(),
        cn: Auto::new(),
        c: vec![1],
        dl: Auto::new(),
        dn: Auto::new(),
        d: vec![8, 9],
        el: Auto::new(),
        en: Auto::new(),
        e: vec![5],
        fl: Auto::new(),
        f: vec![1, 2],
        gl: Auto::new(),
        gn: Auto::new(),
        g: vec![6],
        hl: Auto::new(),
        hn: Auto::new(),
        h: vec![1, 2],
    };
    #[rustfmt::skip]
    let bytes = [
        2, 1, 1, 0, 1,
        4, 2, 0, 2, 0, 3, 0, 0,
        1, 1, 1, b'\n',
        4, 2, 0, 8, 0, 9,
        2, 1, 0, 5,
        2, 1, 2, 7, 7,
        2, 1, 3, 0, 6,
        4, 2, 0, 1, 0, 2,
    ];
    same(ends, &bytes);
    // Changes a byte of each computed number, one at a time.
    for at in [0, 1, 5, 6, 13, 14, 17, 18, 23, 24, 27, 32, 33, 37, 38] {
        let mut damaged = bytes;
        damaged[at] += 1;
        wrong::<Ends>(&damaged);
    }
}

#[test]
fn two_tags() {
    #[derive(Frame, Debug, PartialEq)]
    struct Tags {
        #[tag_of(body)]
        kind: Auto<u8>,
        id: u8,
        #[tag_of(body)]
        again: Auto<u8>,
        body: Body,
    }

    #[derive(Frame, Debug, PartialEq)]
    enum Body {
        #[tag(1)]
        One(u8),
        #[tag(2 | 3)]
        Two,
    }
    let tags = |body| Tags { kind: Auto::new(), id: 9, again: Auto::new(), body };
    same(tags(Body::One(5)), &[1, 9, 1, 5]);
    same(tags(Body::Two), &[2, 9, 2]);
    assert_eq!(wrong::<Tags>(&[2, 9, 3]), "Tags.again at byte 2: expected 2, found 3");

    #[derive(Frame, Debug, PartialEq)]
    struct Maybe {
        #[presence_of(body)]
        there: Auto<bool>,
        #[tag_of(body)]
        kind: Auto<u8>,
        #[len_of(body)]
        len: Auto<u8>,
        body: Option<Body>,
    }
    let maybe = |body| Maybe { there: Auto::new(), kind: Auto::new(), len: Auto::new(), body };
    same(maybe(Some(Body::One(5))), &[1, 1, 1, 5]);
    same(maybe(None), &[0, 0, 0]);
    wrong::<Maybe>(&[0, 1, 0]);
    wrong::<Maybe>(&[0, 0, 1]);
}

#[test]
fn presence_and_sizes() {
    #[derive(Frame, Debug, PartialEq)]
    struct Absent {
        #[presence_of(a)]
        k: Auto<u8>,
        #[len_of(a)]
        n: Auto<u8>,
        a: Option<Vec<u8>>,
    }
    let absent = |a| Absent { k: Auto::new(), n: Auto::new(), a };
    same(absent(Some(vec![7])), &[1, 1, 7]);
    same(absent(Some(vec![])), &[1, 0]);
    same(absent(None), &[0, 0]);
    assert_eq!(wrong::<Absent>(&[0, 9]), "Absent.n at byte 1: expected 0, found 9");

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Numbers {
        #[presence_of(a)]
        there: Auto<bool>,
        #[count_of(a, none = 0xff)]
        count: Auto<u8>,
        #[len_of(a, none = -1)]
        len: Auto<i16>,
        #[presence_of(a, some = 0)]
        missing: Auto<u8>,
        #[len_of(a, scale = 2, bias = 3)]
        items: Auto<u8>,
        a: Option<Vec<u16>>,
    }
    let numbers = |a| Numbers {
        there: Auto::new(),
        count: Auto::new(),
        len: Auto::new(),
        missing: Auto::new(),
        items: Auto::new(),
        a,
    };
    same(numbers(Some(vec![5])), &[1, 1, 0, 2, 0, 4, 0, 5]);
    same(numbers(None), &[0, 0xff, 0xff, 0xff, 1, 3]);
    wrong::<Numbers>(&[0, 0, 0xff, 0xff, 1, 3]);
    wrong::<Numbers>(&[1, 0xff, 0xff, 0xff, 1, 3]);
    wrong::<Numbers>(&[0, 0xff, 0, 0, 1, 3]);
    wrong::<Numbers>(&[0, 0xff, 0xff, 0xff, 0, 3]);
    wrong::<Numbers>(&[0, 0xff, 0xff, 0xff, 1, 4]);

    #[derive(Frame, Debug, PartialEq)]
    struct Prefixed {
        #[presence_of(a)]
        #[bits(1)]
        there: Auto<bool>,
        #[bits(7)]
        #[count_of(a)]
        count: Auto<u8>,
        #[len_prefixed(u8, none = 0xff)]
        a: Option<Vec<u8>>,
        #[count_of(b, none = 0xff)]
        n: Auto<u8>,
        #[len_prefixed(u8)]
        b: Option<Vec<u8>>,
    }
    let prefixed = |a, b| Prefixed { there: Auto::new(), count: Auto::new(), a, n: Auto::new(), b };
    same(prefixed(Some(vec![6]), Some(vec![5, 5])), &[0x81, 1, 6, 2, 2, 5, 5]);
    same(prefixed(None, None), &[0, 0xff, 0xff]);
    wrong::<Prefixed>(&[0x80, 0xff, 0xff]);
    wrong::<Prefixed>(&[1, 0xff, 0xff]);
    wrong::<Prefixed>(&[0, 1, 6, 0xff]);

    #[derive(Frame, Debug, PartialEq)]
    struct Inverted {
        #[presence_of(a, some = 0)]
        k: Auto<u8>,
        #[presence_of(b, none = 1)]
        #[bits(4)]
        j: Auto<u8>,
        #[presence_of(c, some = false)]
        #[bits(4)]
        i: Auto<bool>,
        a: Option<u8>,
        b: Option<u8>,
        c: Option<u8>,
    }
    let inverted = |a, b, c| Inverted { k: Auto::new(), j: Auto::new(), i: Auto::new(), a, b, c };
    same(inverted(None, None, None), &[1, 0x11]);
    same(inverted(Some(9), Some(8), Some(7)), &[0, 0, 9, 8, 7]);
    wrong::<Inverted>(&[2, 0x11]);
}

#[test]
fn an_auto_that_may_be_absent() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Extended {
        #[len_of(b)]
        short: Auto<u8>,
        #[when(short > 2)]
        #[len_of(b)]
        long: Auto<u32>,
        #[when(short > 1)]
        #[count_of(b)]
        count: Auto<u8>,
        b: Vec<u8>,
    }
    let extended = |b| Extended { short: Auto::new(), long: Auto::new(), count: Auto::new(), b };
    same(extended(vec![7]), &[1, 7]);
    same(extended(vec![7; 2]), &[2, 2, 7, 7]);
    same(extended(vec![7; 3]), &[3, 0, 0, 0, 3, 3, 7, 7, 7]);
    wrong::<Extended>(&[2, 1, 7, 7]);
    wrong::<Extended>(&[3, 0, 0, 0, 2, 3, 7, 7, 7]);

    #[derive(Frame, Debug, PartialEq)]
    struct Chosen {
        flag: u8,
        #[when(flag == 1)]
        #[tag_of(body)]
        kind: Auto<u8>,
        body: Body,
    }

    #[derive(Frame, Debug, PartialEq)]
    enum Body {
        #[tag(0)]
        Usual(u8),
        #[tag(1)]
        Other(u8),
    }
    let chosen = |flag, body| Chosen { flag, kind: Auto::new(), body };
    same(chosen(0, Body::Usual(5)), &[0, 5]);
    same(chosen(1, Body::Other(5)), &[1, 1, 5]);
    chosen(0, Body::Other(5)).to_vec().unwrap_err();
}

/// A module that writes `origin` before the value. Its `encoded_len` assumes that `origin` has
/// three bytes.
mod twice {
    use framewright::{DecodeError, EncodeError, Sink};

    pub(super) fn parse<'a>(input: &'a [u8], origin: &[u8]) -> nom::IResult<&'a [u8], Vec<u8>, DecodeError> {
        Ok((&[], input.iter().skip(origin.len()).copied().collect()))
    }

    pub(super) fn encode<S: Sink + ?Sized>(
        value: &[u8],
        out: &mut S,
        origin: &[u8],
    ) -> Result<(), EncodeError> {
        out.put(origin)?;
        out.put(value)
    }

    pub(super) fn encoded_len(value: &[u8]) -> usize {
        value.len() + 3
    }
}

#[test]
fn by_hand() {
    #[derive(Frame, Debug, PartialEq)]
    struct Hand {
        #[len_of(v)]
        l: Auto<u8>,
        #[len_of(v)]
        m: Auto<u8>,
        #[count_of(v)]
        n: Auto<u8>,
        #[with(twice, origin)]
        v: Vec<u8>,
    }
    let hand = Hand { l: Auto::new(), m: Auto::new(), n: Auto::new(), v: vec![9] };
    let bytes = hand.to_vec().unwrap();
    assert_eq!(bytes[..3], [4, 4, 1]);
    assert_eq!(Hand::decode(&bytes).unwrap(), hand);
    wrong::<Hand>(&[4, 3, 1, 4, 4, 1, 9]);
    wrong::<Hand>(&[4, 4, 2, 4, 4, 1, 9]);
}

#[test]
fn the_content_of_a_list_is_without_its_count() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Sums {
        #[count_prefixed(u8)]
        a: Vec<u16>,
        #[until(0)]
        b: Vec<u16>,
        #[checksum(Sum8, over = a)]
        sum_a: Auto<u8>,
        #[checksum(Sum8, over = a..=a)]
        all_a: Auto<u8>,
        #[checksum(Sum8, over = b)]
        sum_b: Auto<u8>,
    }
    let sums = Sums { a: vec![5, 6], b: vec![1], sum_a: Auto::new(), all_a: Auto::new(), sum_b: Auto::new() };
    same(sums, &[2, 0, 5, 0, 6, 0, 1, 0, 0, 11, 13, 1]);
}

/// A `calc` may name others that are written after it, also in bits.
#[test]
fn computed_from_later_fields() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(ctx(n: u8))]
    struct Inner(#[count(n)] Vec<u8>);
    #[derive(Frame, Debug, PartialEq)]
    struct Last(u8);
    #[derive(Frame, Debug, PartialEq)]
    struct Computed {
        #[calc(words * 2)]
        bytes: Auto<u8>,
        #[calc(count + 4)]
        words: Auto<u8>,
        #[bits(4)]
        #[calc(count + low)]
        high: Auto<u8>,
        #[bits(4)]
        #[calc(words - 5)]
        low: Auto<u8>,
        #[len_of(items)]
        len: Auto<u8>,
        #[calc(low + 1)]
        of_items: Auto<u8>,
        #[count_of(list)]
        count: Auto<u8>,
        #[ctx(of_items)]
        items: Inner,
        #[len(bytes, lenient)]
        padded: Last,
        list: Vec<u8>,
    }
    let computed = Computed {
        bytes: Auto::new(),
        words: Auto::new(),
        high: Auto::new(),
        low: Auto::new(),
        len: Auto::new(),
        of_items: Auto::new(),
        count: Auto::new(),
        items: Inner(vec![1]),
        padded: Last(9),
        list: vec![7],
    };
    same(computed, &[10, 5, 0x10, 1, 1, 1, 1, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
}

/// The size of padding may be an `Auto`.
#[test]
fn padded_to_a_computed_length() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Header {
        a: u16,
        b: u8,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Packet {
        #[calc(last + 5)]
        len: Auto<u8>,
        #[len(len, lenient)]
        header: Header,
        last: u8,
    }
    let packet = |last| Packet { len: Auto::new(), header: Header { a: 1, b: 2 }, last };
    same(packet(0), &[5, 0, 1, 2, 0, 0, 0]);
    assert_eq!(Packet::decode(&[3, 0, 1, 2, 9]).unwrap(), packet(9));
}

/// A constant is a number that others may be computed from, wherever it is in the run.
#[test]
fn computed_from_constants() {
    #[derive(Frame, Debug, PartialEq)]
    struct Versions {
        #[calc(version + 1)]
        next: Auto<u8>,
        #[magic(3u8)]
        version: Auto<u8>,
        #[calc(version - 1)]
        last: Auto<u8>,
        #[magic(4u8)]
        other: Auto<u8>,
        #[calc(u8::from(version == other))]
        same: Auto<u8>,
        #[bits(4)]
        #[magic(2u8)]
        high: Auto<u8>,
        #[bits(4)]
        #[calc(high + 1)]
        low: Auto<u8>,
    }
    let versions = Versions {
        next: Auto::new(),
        version: Auto::new(),
        last: Auto::new(),
        other: Auto::new(),
        same: Auto::new(),
        high: Auto::new(),
        low: Auto::new(),
    };
    same(versions, &[4, 3, 2, 4, 0, 0x23]);
}
