//! Tests of which bytes a length covers, and of `rest`.

use framewright::checksum::Sum8;
use framewright::prelude::*;

use crate::held::{refused, same, wrong};

#[test]
fn lengths_count_content_and_ranges_count_everything() {
    #[derive(Frame, Debug, PartialEq)]
    struct Lengths {
        #[len_of(text)]
        content: Auto<u8>,
        #[len_of(text..=text)]
        whole: Auto<u8>,
        #[until(0)]
        text: String,
    }
    let lengths = |text: &str| Lengths { content: Auto::new(), whole: Auto::new(), text: text.to_owned() };
    same(lengths("abc"), b"\x03\x04abc\0");
    assert!(wrong::<Lengths>(b"\x02\x04abc\0").contains("Lengths"));
    assert!(wrong::<Lengths>(b"\x03\x03abc\0").contains("Lengths"));

    #[derive(Frame, Debug, PartialEq)]
    struct Sums {
        #[len_prefixed(u8)]
        prefixed: Vec<u8>,
        #[until(b"\n")]
        delimited: Vec<u8>,
        #[fixed(3, fill = 9)]
        padded: Vec<u8>,
        #[checksum(Sum8, over = prefixed)]
        prefixed_content: Auto<u8>,
        #[checksum(Sum8, over = prefixed..=prefixed)]
        prefixed_bytes: Auto<u8>,
        #[checksum(Sum8, over = delimited)]
        delimited_content: Auto<u8>,
        #[checksum(Sum8, over = delimited..=delimited)]
        delimited_bytes: Auto<u8>,
        #[checksum(Sum8, over = padded)]
        padded_content: Auto<u8>,
        #[checksum(Sum8, over = padded..=padded)]
        padded_bytes: Auto<u8>,
    }
    let sums = Sums {
        prefixed: vec![1, 2],
        delimited: vec![3],
        padded: vec![4],
        prefixed_content: Auto::new(),
        prefixed_bytes: Auto::new(),
        delimited_content: Auto::new(),
        delimited_bytes: Auto::new(),
        padded_content: Auto::new(),
        padded_bytes: Auto::new(),
    };
    same(sums, &[2, 1, 2, 3, b'\n', 4, 9, 9, 3, 5, 3, 13, 4, 22]);
}

mod origin_is {
    use framewright::{DecodeError, EncodeError, Sink};

    /// Parses a byte whose value must be its own offset in the frame.
    pub(super) fn parse<'a>(input: &'a [u8], origin: &[u8]) -> nom::IResult<&'a [u8], (), DecodeError> {
        match input.split_first() {
            Some((byte, rest)) if usize::from(*byte) == origin.len() => Ok((rest, ())),
            Some(_) => Err(nom::Err::Error(DecodeError::custom("another origin"))),
            None => Err(nom::Err::Incomplete(nom::Needed::new(1))),
        }
    }

    pub(super) fn encode<S: Sink + ?Sized>(_: &(), out: &mut S, origin: &[u8]) -> Result<(), EncodeError> {
        out.put(&[u8::try_from(origin.len()).unwrap()])
    }

    pub(super) fn encoded_len(_: &()) -> usize {
        1
    }
}

#[test]
fn an_open_range_is_the_frame_without_its_delimiter() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, magic = b"M", len_prefixed(u8))]
    struct Inner {
        #[len_of(..)]
        total: Auto<u8>,
        #[with(origin_is, origin)]
        at: (),
        #[align(8)]
        fill: Auto,
        #[checksum(Sum8, over = ..fill)]
        sum: Auto<u8>,
        #[checksum(Sum8, over = ..)]
        all: Auto<u8>,
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Outer {
        before: [u8; 3],
        inner: Inner,
        after: u8,
    }
    let inner = Inner { total: Auto::new(), at: (), fill: Auto::new(), sum: Auto::new(), all: Auto::new() };
    let head = b'M' + 8 + 10 + 3;
    let bytes = [7, 7, 7, b'M', 8, 10, 3, 0, 0, 0, 0, head, head.wrapping_mul(2), 9];
    same(Outer { before: [7; 3], inner, after: 9 }, &bytes);
}

#[test]
fn lengths_are_scaled_and_biased() {
    #[derive(Frame, Debug, PartialEq)]
    struct Less {
        #[len_of(body, scale = 4, bias = -1)]
        len: Auto<u8>,
        body: Vec<u8>,
    }
    let less = |len| Less { len: Auto::new(), body: vec![7; len] };
    same(less(4), &[0, 7, 7, 7, 7]);
    same(less(1024), &[&[255][..], &[7; 1024]].concat());
    assert!(refused(less(0)).contains("Less"), "below zero");
    assert!(refused(less(6)).contains("Less"), "a remainder");
    assert!(refused(less(1028)).contains("Less"), "above the number's most");

    #[derive(Frame, Debug, PartialEq)]
    struct More(#[len_prefixed(u8, scale = 2, bias = 3)] Vec<u8>);
    same(More(vec![]), &[3]);
    same(More(vec![1, 2]), &[4, 1, 2]);
    assert!(refused(More(vec![1])).contains("More.0"));
    assert!(wrong::<More>(&[2]).contains("More.0"), "below the bias");
    assert!(wrong::<More>(&[0]).contains("More.0"));

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, tag = u8, len_prefixed(u8, inclusive, bias = 1))]
    enum Tlv {
        #[tag(_)]
        Any {
            #[tag]
            kind: u8,
            #[rest]
            value: Vec<u8>,
        },
    }
    same(Tlv::Any { kind: 1, value: vec![5] }, &[1, 3, 5]);
    for len in 0..2 {
        wrong::<Tlv>(&[1, len, 5, 5, 5]);
    }
}

#[test]
fn rest_leaves_room_for_the_fields_after_it() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Trailed {
        n: u8,
        #[len_of(tail)]
        tail_len: Auto<u8>,
        #[rest]
        body: Vec<u8>,
        #[pad(n)]
        given: Auto,
        tail: String,
        crc: u16,
    }
    let trailed = |body: &[u8]| Trailed {
        n: 2,
        tail_len: Auto::new(),
        body: body.to_vec(),
        given: Auto::new(),
        tail: "end".to_owned(),
        crc: 0x0102,
    };
    same(trailed(&[]), b"\x02\x03\0\0end\x01\x02");
    same(trailed(&[5, 6]), b"\x02\x03\x05\x06\0\0end\x01\x02");
    assert!(Trailed::decode(b"\x02\x03\0\0en\x01\x02").is_err(), "no room for what is behind");

    // An open type takes all input. On a stream, only the end of the stream completes it.
    const { assert!(Trailed::OPEN) };
    let (left, value) = Trailed::parse(b"\x02\x03\x05\0\0end\x01\x02").unwrap();
    assert_eq!((left, value), (&b""[..], trailed(&[5])));
    let mut framer = framewright::stream::Framer::new();
    framer.room().extend_from_slice(b"\x02\x03\0\0end\x01\x02");
    assert!(framer.next_frame::<Trailed>().unwrap().is_none());
    framer.finish();
    assert_eq!(framer.next_frame::<Trailed>().unwrap(), Some(trailed(&[])));

    // The range of the length encloses the open type and limits it.
    #[derive(Frame, Debug, PartialEq)]
    struct Ranged {
        #[len_of(kind..=sum)]
        len: Auto<u8>,
        kind: u8,
        #[rest]
        body: Vec<u8>,
        sum: u8,
        after: u8,
    }
    let ranged = |body: &[u8]| Ranged { len: Auto::new(), kind: 1, body: body.to_vec(), sum: 2, after: 3 };
    const { assert!(!Ranged::OPEN) };
    same(ranged(&[7, 7]), &[4, 1, 7, 7, 2, 3]);
    same(ranged(&[]), &[2, 1, 2, 3]);
    assert!(wrong::<Ranged>(&[1, 1, 2, 3]).contains("Ranged"));
}

#[test]
fn rest_leaves_room_for_fields_sized_by_numbers() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Given {
        n: u8,
        #[presence_of(maybe)]
        flag: Auto<bool>,
        #[count_of(list)]
        count: Auto<u8>,
        #[rest]
        body: Vec<u8>,
        #[len(n)]
        bytes: Vec<u8>,
        maybe: Option<u16>,
        list: Vec<u16>,
        crc: u16,
    }
    let given = |body: &[u8], maybe| Given {
        n: 2,
        flag: Auto::new(),
        count: Auto::new(),
        body: body.to_vec(),
        bytes: vec![8, 9],
        maybe,
        list: vec![3],
        crc: 4,
    };
    same(given(&[5, 6], Some(1)), b"\x02\x01\x01\x05\x06\x08\x09\0\x01\0\x03\0\x04");
    same(given(&[], None), b"\x02\0\x01\x08\x09\0\x03\0\x04");
}
