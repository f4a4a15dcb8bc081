//! Tests of derived values, enums, options, and the words of single fields.

use super::{both, text};
use framewright::checksum::{Adler32, Crc32, Internet, Sum8, Xor8};
use framewright::prelude::*;
use framewright::{DecodeError, EncodeError, Order, Sink};

/// A checksum that counts bytes.
struct Length;

impl Checksum for Length {
    type Output = u16;

    fn compute(bytes: &[u8]) -> u16 {
        bytes.iter().fold(0, |len, _| len + 1)
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Lengths {
    #[len_of(..)]
    all: Auto<u8>,
    #[len_of(unit..)]
    from: Auto<u8>,
    #[len_of(a..=b)]
    closed: Auto<u8>,
    #[len_of(a..b)]
    half: Auto<u8>,
    #[len_of(all..=front)]
    front: Auto<u8>,
    #[len_of(words, scale = 4, bias = 5)]
    #[bits(4)]
    header: Auto<u8>,
    #[count_of(items)]
    #[bits(4)]
    count: Auto<u8>,
    #[len_of(absent, none = 0xff)]
    none: Auto<u8>,
    #[wire(u24)]
    #[len_of(body)]
    wide: Auto<u32>,
    #[len_of(body)]
    again: Auto<u8>,
    #[offset_of(body)]
    at: Auto<u8>,
    #[offset_of(absent, bias = 1, none = 0)]
    absent_at: Auto<u8>,
    unit: u8,
    a: u8,
    b: u16,
    words: Vec<u8>,
    items: Vec<u16>,
    body: String,
    absent: Option<Vec<u8>>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Others {
    #[magic(0xCAFE)]
    number: Auto<u16>,
    #[magic(b"\r\n")]
    bytes: Auto,
    #[tag_of(body)]
    kind: Auto<u8>,
    #[presence_of(ext)]
    #[bits(1)]
    bit: Auto<bool>,
    #[bits(7)]
    #[pad(strict)]
    reserved: Auto,
    #[presence_of(more)]
    there: Auto<bool>,
    #[presence_of(last, some = 0)]
    other: Auto<u8>,
    #[presence_of(end, some = 2, none = 1)]
    chosen: Auto<u8>,
    size: u8,
    #[pad(2)]
    pad: Auto,
    #[pad(size)]
    sized: Auto,
    #[align(4, strict)]
    align: Auto,
    #[calc(size * 2)]
    twice: Auto<u8>,
    #[calc(!size, verify)]
    inverse: Auto<u8>,
    #[when(size > 1)]
    #[calc(7)]
    seldom: Auto<u8>,
    body: Body,
    ext: Option<u8>,
    more: Option<u8>,
    last: Option<u8>,
    end: Option<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
enum Body {
    #[tag(1)]
    Empty,
    #[tag(2 | 3)]
    Number(u16),
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Sums {
    #[skip]
    address: u8,
    a: [u8; 2],
    #[checksum(Sum8, over = a)]
    sum: Auto<u8>,
    #[checksum(Xor8, over = a..=sum)]
    xor: Auto<u8>,
    #[checksum(Length, over = ..)]
    own: Auto<u16>,
    #[checksum(Sum8, over = a..sum, seed = [5u8, 6])]
    seeded: Auto<u8>,
    #[checksum(Internet, over = a)]
    internet: Auto<u16>,
    #[checksum(Adler32, over = a)]
    adler: Auto<u32>,
    #[checksum(Crc32, over = a)]
    crc: Auto<u32>,
}

#[test]
fn lengths_and_places() {
    let lengths = Lengths {
        all: Auto::new(),
        from: Auto::new(),
        closed: Auto::new(),
        half: Auto::new(),
        front: Auto::new(),
        header: Auto::new(),
        count: Auto::new(),
        none: Auto::new(),
        wide: Auto::new(),
        again: Auto::new(),
        at: Auto::new(),
        absent_at: Auto::new(),
        unit: 1,
        a: 2,
        b: 3,
        words: vec![1, 2, 3, 4],
        items: vec![5],
        body: text("ab"),
        absent: None,
    };
    both(lengths, b"\x19\x0c\x03\x01\x05\x61\xff\0\0\x02\x02\x17\0\x01\x02\0\x03\x01\x02\x03\x04\0\x05ab");
}

#[test]
fn constants_padding_and_presence() {
    let others = Others {
        number: Auto::new(),
        bytes: Auto::new(),
        kind: Auto::new(),
        bit: Auto::new(),
        reserved: Auto::new(),
        there: Auto::new(),
        other: Auto::new(),
        chosen: Auto::default(),
        size: 1,
        pad: Auto::new(),
        sized: Auto::new(),
        align: Auto::new(),
        twice: Auto::new(),
        inverse: Auto::new(),
        seldom: Auto::new(),
        body: Body::Number(0x102),
        ext: Some(3),
        more: None,
        last: Some(4),
        end: None,
    };
    both(others, b"\xca\xfe\r\n\x02\x80\0\0\x01\x01\0\0\0\0\0\0\x02\xfe\x01\x02\x03\x04");
    let sums = Sums {
        address: 0,
        a: [1, 2],
        sum: Auto::new(),
        xor: Auto::new(),
        own: Auto::new(),
        seeded: Auto::new(),
        internet: Auto::new(),
        adler: Auto::new(),
        crc: Auto::new(),
    };
    both(sums, b"\x01\x02\x03\0\0\x11\x0e\xfe\xfd\0\x06\0\x04\xb6\xcc\x42\x92");
}

const READ: u8 = 4;

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(1)]
    Ping,
    #[tag(READ)]
    Read { at: u16 },
    #[tag(0x10..=0x1f)]
    Vendor(#[tag] u8, u8),
    #[tag(b'Z' | b'z')]
    Zip(u8),
    #[tag(_)]
    Other {
        #[tag]
        tag: u8,
        #[rest]
        body: Vec<u8>,
    },
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u16)]
enum Op {
    Read = 1,
    Write = 2,
}

#[derive(Frame, Debug, PartialEq)]
#[repr(u16)]
#[frame(be, tag = u16)]
enum Open {
    Read = 1,
    #[tag(_)]
    Other(u16),
}

#[derive(Frame, Debug, PartialEq)]
struct Pairs {
    class: u8,
    kind: u8,
    #[tag((class, kind))]
    body: Pair,
    #[tag(kind & 0x0f)]
    content: Content,
}

#[derive(Frame, Debug, PartialEq)]
enum Pair {
    #[tag((1, 2))]
    One(u8),
    #[tag((1, _))]
    Left(u8),
    #[tag(_)]
    Nothing,
}

#[derive(Frame, Debug, PartialEq)]
enum Content {
    #[tag(0 | 1)]
    Number(u8),
    #[tag(_)]
    Other(u8),
}

#[test]
fn enums() {
    both(Message::Ping, b"\x01");
    both(Message::Read { at: 1 }, b"\x04\0\x01");
    both(Message::Vendor(0x11, 2), b"\x11\x02");
    both(Message::Zip(3), b"Z\x03");
    assert_eq!(Message::decode(b"z\x03").unwrap(), Message::Zip(3));
    both(Message::Other { tag: 9, body: vec![1] }, b"\x09\x01");
    both(Op::Write, b"\0\x02");
    both(Open::Read, b"\0\x01");
    both(Open::Other(7), b"\0\x07");
    both(Pairs { class: 1, kind: 2, body: Pair::One(3), content: Content::Other(4) }, b"\x01\x02\x03\x04");
    both(Pairs { class: 1, kind: 1, body: Pair::Left(3), content: Content::Number(4) }, b"\x01\x01\x03\x04");
    both(Pairs { class: 2, kind: 0, body: Pair::Nothing, content: Content::Number(4) }, b"\x02\0\x04");
    let wrong = Pairs { class: 1, kind: 1, body: Pair::Left(3), content: Content::Other(4) };
    wrong.to_vec().unwrap_err();
}

mod masked {
    use super::{DecodeError, EncodeError, Sink};

    pub(super) fn parse(input: &[u8], key: u8) -> nom::IResult<&[u8], Vec<u8>, DecodeError> {
        Ok((&[], input.iter().map(|byte| byte ^ key).collect()))
    }

    pub(super) fn encode<S: Sink + ?Sized>(value: &[u8], out: &mut S, key: u8) -> Result<(), EncodeError> {
        value.iter().try_for_each(|byte| out.put(&[byte ^ key]))
    }

    pub(super) fn encoded_len(value: &[u8], _: u8) -> usize {
        value.len()
    }
}

/// A module whose value is the number of bytes before the field. The field itself is one byte,
/// which is ignored.
mod place {
    use super::{DecodeError, EncodeError, Sink};

    pub(super) fn parse<'a>(input: &'a [u8], origin: &[u8]) -> nom::IResult<&'a [u8], usize, DecodeError> {
        Ok((&input[1..], origin.len()))
    }

    pub(super) fn encode<S: Sink + ?Sized>(
        value: &usize,
        out: &mut S,
        origin: &[u8],
    ) -> Result<(), EncodeError> {
        assert_eq!(*value, origin.len());
        out.put(&[0])
    }

    pub(super) fn encoded_len(_: &usize) -> usize {
        1
    }
}

#[derive(Frame, Debug, PartialEq)]
struct Fields {
    #[check(key != 0, "no key")]
    key: u8,
    #[skip]
    seen: Option<String>,
    #[len_prefixed(u8)]
    #[with(masked)]
    #[ctx(key)]
    masked: Vec<u8>,
    #[len_prefixed(u8)]
    #[with(place, origin)]
    place: usize,
    #[ctx(key, Order::Little)]
    inner: Inner,
    #[none(0xff)]
    none: Option<u8>,
    #[lead(b":")]
    #[until(b" ")]
    lead: Option<String>,
    #[when(key == 1)]
    when: Option<u8>,
    #[optional]
    optional: Option<u8>,
    #[optional]
    #[len_prefixed(u8)]
    more: Option<String>,
    #[rest]
    rest: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(order = order, ctx(width: u8, order: Order))]
struct Inner {
    #[len(width)]
    bytes: Vec<u8>,
    number: u16,
    #[len_prefixed(u16, order = order)]
    text: String,
}

/// Fields that have an `Auto` length or count, and also a prefix or a delimiter. Decoding compares
/// the two.
#[derive(Frame, Debug, PartialEq)]
struct TwoEnds {
    #[count_of(a)]
    count: Auto<u8>,
    #[len_prefixed(u8)]
    a: Vec<u8>,
    #[len_of(b)]
    len: Auto<u8>,
    #[until(0)]
    b: String,
    #[len_of(c)]
    size: Auto<u8>,
    #[count_prefixed(u8)]
    c: Vec<u8>,
    #[len_of(d)]
    bytes: Auto<u8>,
    #[count(len)]
    d: Vec<u8>,
    #[count_of(e)]
    items: Auto<u8>,
    #[rest]
    e: Vec<u8>,
}

#[test]
fn words_of_fields() {
    let fields = |key, when, optional, more: Option<&str>, rest: &[u8]| Fields {
        key,
        seen: None,
        masked: vec![1],
        place: 4,
        inner: Inner { bytes: vec![9; usize::from(key)], number: 1, text: text("t") },
        none: None,
        lead: Some(text("a")),
        when,
        optional,
        more: more.map(text),
        rest: rest.to_vec(),
    };
    both(fields(1, Some(5), None, None, &[]), b"\x01\x01\0\x01\0\x09\x01\0\x01\0t\xff:a \x05");
    both(
        fields(2, None, Some(6), Some("m"), &[7]),
        b"\x02\x01\x03\x01\0\x09\x09\x01\0\x01\0t\xff:a \x06\x01m\x07",
    );
    assert!(fields(0, None, None, None, &[]).to_vec().unwrap_err().to_string().contains("no key"));
    let ends = TwoEnds {
        count: Auto::new(),
        a: vec![1],
        len: Auto::new(),
        b: text("b"),
        size: Auto::new(),
        c: vec![2],
        bytes: Auto::new(),
        d: vec![3],
        items: Auto::new(),
        e: vec![4, 5],
    };
    both(ends, b"\x01\x01\x01\x01b\0\x01\x01\x02\x01\x03\x02\x04\x05");
}
