//! Tests of the exact meaning of the language in special cases, one for each case.
#![allow(clippy::unusual_byte_groupings, reason = "bits are grouped as the fields are")]

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

    /// Parses a byte that must be the number of bytes of the frame so far.
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

    // A type that is open takes all input, and on a stream only the end completes it.
    const { assert!(Trailed::OPEN) };
    let (left, value) = Trailed::parse(b"\x02\x03\x05\0\0end\x01\x02").unwrap();
    assert_eq!((left, value), (&b""[..], trailed(&[5])));
    let mut framer = framewright::stream::Framer::new();
    framer.room().extend_from_slice(b"\x02\x03\0\0end\x01\x02");
    assert!(framer.next_frame::<Trailed>().unwrap().is_none());
    framer.finish();
    assert_eq!(framer.next_frame::<Trailed>().unwrap(), Some(trailed(&[])));

    // A range of a length is an extent around the open type.
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

#[test]
fn autos_in_expressions_have_their_number() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Seen {
        #[magic(2)]
        constant: Auto<u8>,
        #[len(constant)]
        two: Vec<u8>,
        #[presence_of(maybe)]
        flag: Auto<bool>,
        maybe: Option<u8>,
        #[count_of(list)]
        count: Auto<u16>,
        #[when(count > 1)]
        several: Option<u8>,
        #[len_of(text)]
        text_len: Auto<u8>,
        #[calc(u16::from(two[0]) + u16::try_from(list.len() + text.len()).unwrap_or(0), verify)]
        sum: Auto<u16>,
        text: String,
        list: Vec<u8>,
    }
    let seen = |maybe, several, list: &[u8]| Seen {
        constant: Auto::new(),
        two: vec![8, 9],
        flag: Auto::new(),
        maybe,
        count: Auto::new(),
        several,
        text_len: Auto::new(),
        sum: Auto::new(),
        text: "abc".to_owned(),
        list: list.to_vec(),
    };
    same(seen(Some(1), Some(5), &[6, 7]), b"\x02\x08\x09\x01\x01\0\x02\x05\x03\0\x0dabc\x06\x07");
    same(seen(Some(1), None, &[6]), b"\x02\x08\x09\x01\x01\0\x01\x03\0\x0cabc\x06");
    same(seen(None, None, &[]), b"\x02\x08\x09\0\0\0\x03\0\x0babc");
    assert!(refused(Seen { two: vec![1], ..seen(None, None, &[]) }).contains("Seen.two"));
    assert!(wrong::<Seen>(b"\x02\x08\x09\0\0\0\x03\0\x05abc").starts_with("Seen.sum at byte 7"));
}

#[test]
fn absent_and_computed_autos_in_expressions() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Seen {
        #[magic(2)]
        constant: Auto<u8>,
        #[len(constant)]
        two: Vec<u8>,
        #[presence_of(maybe)]
        flag: Auto<bool>,
        maybe: Option<u8>,
        #[when(flag)]
        #[count_of(list)]
        count: Auto<u16>,
        #[when(count > 1)]
        several: Option<u8>,
        #[len_of(text)]
        text_len: Auto<u8>,
        #[calc(count + u16::from(text_len) + u16::try_from(text.len()).unwrap_or(0), verify)]
        sum: Auto<u16>,
        text: String,
        list: Vec<u8>,
    }
    let seen = |maybe, several, list: &[u8]| Seen {
        constant: Auto::new(),
        two: vec![8, 9],
        flag: Auto::new(),
        maybe,
        count: Auto::new(),
        several,
        text_len: Auto::new(),
        sum: Auto::new(),
        text: "abc".to_owned(),
        list: list.to_vec(),
    };
    same(seen(Some(1), Some(5), &[6, 7]), b"\x02\x08\x09\x01\x01\0\x02\x05\x03\0\x08abc\x06\x07");
    same(seen(Some(1), None, &[6]), b"\x02\x08\x09\x01\x01\0\x01\x03\0\x07abc\x06");
    // Without the flag the count is absent, and expressions see it as zero.
    same(seen(None, None, &[]), b"\x02\x08\x09\0\x03\0\x06abc");
    assert!(refused(seen(None, None, &[6])).contains("Seen"));
    assert!(refused(Seen { two: vec![1], ..seen(None, None, &[]) }).contains("Seen.two"));
    assert!(wrong::<Seen>(b"\x02\x08\x09\0\x03\0\x05abc").starts_with("Seen.sum at byte 5"));
}

#[test]
fn conditions_sizes_and_checks_are_evaluated_in_place() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Stood {
        #[check(n < 4, "n is small")]
        n: u8,
        #[when(n > 1)]
        maybe: Option<u8>,
        #[len(n)]
        bytes: Vec<u8>,
        #[count(n + 1)]
        items: Vec<u16>,
    }
    let stood = |n, maybe, bytes: &[u8], items: &[u16]| Stood {
        n,
        maybe,
        bytes: bytes.to_vec(),
        items: items.to_vec(),
    };
    same(stood(2, Some(9), &[1, 2], &[3, 4, 5]), b"\x02\x09\x01\x02\0\x03\0\x04\0\x05");
    same(stood(0, None, &[], &[3]), b"\0\0\x03");
    // The check is made before the missing bytes are noticed.
    assert_eq!(wrong::<Stood>(&[4]), "Stood.n at byte 0: n is small");
    assert_eq!(refused(stood(4, Some(1), &[0; 4], &[0; 5])), "Stood.n: n is small");
    assert!(refused(stood(2, None, &[1, 2], &[3, 4, 5])).contains("Stood.maybe"));
    assert!(refused(stood(1, Some(1), &[1], &[3, 4])).contains("Stood.maybe"));
    assert!(refused(stood(0, None, &[1], &[3])).contains("Stood.bytes"));
    assert!(refused(stood(0, None, &[], &[])).contains("Stood.items"));

    // This checks a length that encoding knows only at the end.
    #[derive(Frame, Debug, PartialEq)]
    struct Total {
        #[len_of(..)]
        #[check(total <= 3, "at most three bytes")]
        total: Auto<u8>,
        #[rest]
        body: Vec<u8>,
    }
    let total = |len| Total { total: Auto::new(), body: vec![7; len] };
    same(total(2), &[3, 7, 7]);
    assert_eq!(refused(total(3)), "Total.total: at most three bytes");
    assert_eq!(wrong::<Total>(&[4, 7, 7, 7]), "Total.total at byte 0: at most three bytes");
}

#[test]
fn words_on_containers_apply_to_what_is_inside() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Within {
        some: u8,
        #[when(some > 0)]
        #[wire(u24)]
        number: Option<u32>,
        #[when(some > 0)]
        #[fixed(3)]
        text: Option<String>,
        #[len_prefixed(u8)]
        #[wire(u24)]
        by_len: Vec<u32>,
        #[count_prefixed(u8)]
        #[wire(le)]
        by_count: Vec<u16>,
        #[when(some > 0)]
        #[until(0)]
        #[wire(zigzag)]
        ended: Option<Vec<i32>>,
        #[when(some > 0)]
        #[len_prefixed(u8)]
        #[wire(varint)]
        varints: Option<Vec<u32>>,
    }
    let all = Within {
        some: 1,
        number: Some(1),
        text: Some("a".to_owned()),
        by_len: vec![2, 3],
        by_count: vec![4, 5],
        ended: Some(vec![-1, 1]),
        varints: Some(vec![300, 7]),
    };
    same(all, b"\x01\0\0\x01a\0\0\x06\0\0\x02\0\0\x03\x02\x04\0\x05\0\x01\x02\0\x03\xac\x02\x07");
    let none = Within {
        some: 0,
        number: None,
        text: None,
        by_len: vec![],
        by_count: vec![],
        ended: None,
        varints: None,
    };
    same(none, &[0, 0, 0]);
}

#[test]
fn checks_apply_to_present_values_only() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Checked {
        some: u8,
        #[when(some > 0)]
        #[check(number % 2 == 0 && some < 9, "must be even")]
        number: Option<u16>,
        #[when(some > 0)]
        #[until(0)]
        #[check(text.starts_with('a'), "must start with a")]
        text: Option<String>,
    }
    same(Checked { some: 1, number: Some(4), text: Some("ab".to_owned()) }, b"\x01\0\x04ab\0");
    same(Checked { some: 0, number: None, text: None }, &[0]);
    let error = Checked::decode(b"\x01\0\x05ab\0").unwrap_err();
    assert_eq!(error.to_string(), "Checked.number at byte 1: must be even");
    let error = Checked::decode(b"\x01\0\x04bb\0").unwrap_err();
    assert_eq!(error.to_string(), "Checked.text at byte 3: must start with a");
    let odd = Checked { some: 1, number: Some(5), text: Some("a".to_owned()) };
    assert_eq!(odd.to_vec().unwrap_err().to_string(), "Checked.number: must be even");
}

#[test]
fn prefixes_of_all_kinds() {
    #[derive(Frame, Debug, PartialEq)]
    struct Varint(#[len_prefixed(varint)] Vec<u8>);
    #[derive(Frame, Debug, PartialEq)]
    struct Wide(#[len_prefixed(varint(u64))] Vec<u8>);
    #[derive(Frame, Debug, PartialEq)]
    struct Zigzag(#[len_prefixed(zigzag)] Vec<u8>);
    #[derive(Frame, Debug, PartialEq)]
    struct Signed(#[len_prefixed(i8)] Vec<u8>);
    #[derive(Frame, Debug, PartialEq)]
    struct Counted(#[count_prefixed(zigzag)] Vec<u8>);

    same(Varint(vec![7; 200]), &[&[0xc8, 0x01][..], &[7; 200]].concat());
    same(Zigzag(vec![1, 2]), &[4, 1, 2]);
    same(Counted(vec![1, 2]), &[4, 1, 2]);
    // 2^32 does not fit into a `u32`, but into a `u64`.
    wrong::<Varint>(&[0x80, 0x80, 0x80, 0x80, 0x10]);
    assert!(matches!(Wide::parse(&[0x80, 0x80, 0x80, 0x80, 0x10]), Err(nom::Err::Incomplete(_))));
    assert!(wrong::<Zigzag>(&[1]).contains("Zigzag.0"), "-1");
    assert!(wrong::<Counted>(&[1]).contains("Counted.0"), "-1");
    assert!(wrong::<Signed>(&[0xff]).contains("Signed.0"), "-1");
    assert!(refused(Signed(vec![0; 128])).contains("Signed.0"));

    // Nested prefixes of varying size each need the size of their content first.
    #[derive(Frame, Debug, PartialEq)]
    struct Nested(#[len_prefixed(varint)] Vec<Varint>);
    let nested = Nested(vec![Varint(vec![7; 126]), Varint(vec![])]);
    same(nested, &[&[0x80, 0x01, 0x7e][..], &[7; 126], &[0]].concat());
}

#[test]
fn bit_runs_in_each_order() {
    macro_rules! run {
        ($name:ident: $($order:tt)*) => {
            #[derive(Frame, Debug, PartialEq)]
            #[frame($($order)*)]
            struct $name {
                #[bits(3)]
                a: u8,
                #[bits(13)]
                b: u16,
            }
        };
    }
    run!(BeMsb: be, msb);
    run!(LeMsb: le, msb);
    run!(BeLsb: be, lsb);
    run!(LeLsb: le, lsb);
    let (a, b) = (0b101, 0x1234);
    let (high_first, low_first) = (0b101 << 13 | 0x1234u16, 0x1234u16 << 3 | 0b101);
    same(BeMsb { a, b }, &high_first.to_be_bytes());
    same(LeMsb { a, b }, &high_first.to_le_bytes());
    same(BeLsb { a, b }, &low_first.to_be_bytes());
    same(LeLsb { a, b }, &low_first.to_le_bytes());

    #[derive(Frame, Debug, PartialEq)]
    #[frame(le, msb)]
    struct Divided {
        #[bits(4)]
        a: u8,
        #[bits(12)]
        b: u16,
        #[bits(4)]
        #[wire(u8)]
        c: u8,
        #[bits(4)]
        d: u8,
        #[bits(4)]
        #[wire(u32)]
        e: u8,
        #[bits(28)]
        f: u32,
    }
    let divided = Divided { a: 1, b: 0x234, c: 5, d: 6, e: 7, f: 0x89a_bcde };
    same(divided, &[0x34, 0x12, 0x56, 0xde, 0xbc, 0x9a, 0x78]);

    #[derive(Frame, Debug, PartialEq)]
    struct Reserved {
        #[bits(3)]
        #[pad]
        ignored: Auto,
        #[bits(2)]
        value: u8,
        #[bits(3)]
        #[pad(strict)]
        zero: Auto,
    }
    let reserved = |value| Reserved { ignored: Auto::new(), value, zero: Auto::new() };
    same(reserved(3), &[0b000_11_000]);
    assert_eq!(Reserved::decode(&[0b101_01_000]).unwrap(), reserved(1));
    assert!(wrong::<Reserved>(&[0b000_01_001]).contains("Reserved.zero"));
}

#[test]
fn checksums_are_computed_after_lengths() {
    // The outer checksum covers the inner one and the length, wherever they are.
    #[derive(Frame, Debug, PartialEq)]
    struct Outside {
        #[checksum(Sum8, over = ..)]
        all: Auto<u8>,
        #[len_of(body..=sum)]
        len: Auto<u8>,
        #[rest]
        body: Vec<u8>,
        #[checksum(Sum8, over = len..=body)]
        sum: Auto<u8>,
    }
    let outside = Outside { all: Auto::new(), len: Auto::new(), body: vec![1, 2], sum: Auto::new() };
    same(outside, &[3 + 1 + 2 + 6, 3, 1, 2, 6]);
    assert!(wrong::<Outside>(&[12, 3, 1, 3, 6]).contains("Outside.sum"));
    assert!(wrong::<Outside>(&[11, 3, 1, 2, 6]).contains("Outside.all"));

    #[derive(Frame, Debug, PartialEq)]
    #[frame(len_prefixed(u8))]
    struct Behind {
        #[checksum(Sum8, over = body)]
        sum: Auto<u8>,
        #[rest]
        body: Vec<u8>,
        #[checksum(Sum8, over = ..)]
        all: Auto<u8>,
    }
    same(Behind { sum: Auto::new(), body: vec![1, 2], all: Auto::new() }, &[4, 3, 1, 2, 4 + 3 + 3]);
}

#[test]
fn the_first_delimiter_ends_a_value() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, until(b"\r\n"))]
    struct Line {
        id: u16,
        #[len_prefixed(u8)]
        text: String,
    }
    let line = |id, text: &str| Line { id, text: text.to_owned() };
    same(line(1, "ab"), b"\0\x01\x02ab\r\n");
    // The first occurrence of the delimiter ends the frame, even inside a number.
    assert!(refused(line(0x0d0a, "")).contains("Line"));
    assert!(refused(line(1, "\r\n")).contains("Line"));
    assert!(Line::decode(b"\r\n\0\r\n").is_err());
    assert!(wrong::<Line>(b"\0\x01\x04ab\r\n\r\n").contains("Line.text"));
    // Together with the delimiter, the last character would begin an earlier occurrence of it.
    #[derive(Frame, Debug, PartialEq)]
    struct Doubled(#[until(b"--")] String);
    assert!(refused(Doubled("a-".to_owned())).contains("Doubled.0"));
    same(Doubled("-a".to_owned()), b"-a--");

    #[derive(Frame, Debug, PartialEq)]
    struct Closed(#[until(|item| *item >= 0x80)] Vec<u8>);
    same(Closed(vec![1, 2, 0x83]), &[1, 2, 0x83]);
    assert!(refused(Closed(vec![1, 2])).contains("Closed.0"));
    assert!(refused(Closed(vec![])).contains("Closed.0"));
    assert!(refused(Closed(vec![0x81, 0x82])).contains("Closed.0"));
}

#[test]
fn digits_have_one_form() {
    #[derive(Frame, Debug, PartialEq)]
    struct Signed(
        #[wire(dec)]
        #[until(b",")]
        i16,
    );
    same(Signed(-300), b"-300,");
    same(Signed(0), b"0,");
    for bad in ["", "-", "-0", "--1", "+1", "007", "32768", "1 "] {
        wrong::<Signed>(format!("{bad},").as_bytes());
    }

    #[derive(Frame, Debug, PartialEq)]
    struct Padded {
        #[wire(dec)]
        #[fixed(4)]
        number: u16,
        #[wire(hex)]
        #[fixed(2)]
        upper: u8,
        #[wire(hex(lower))]
        #[fixed(2)]
        lower: u8,
        #[wire(hex)]
        #[until(b"\n")]
        open: u32,
    }
    let padded = |number| Padded { number, upper: 0xab, lower: 0xcd, open: 0xf00 };
    same(padded(7), b"0007ABcdF00\n");
    assert!(refused(padded(10_000)).contains("Padded.number"));
    wrong::<Padded>(b"0007ABcd0F00\n");
    wrong::<Padded>(b"0007ABcd\n");
}

#[test]
fn ignored_bytes_are_not_restored() {
    #[derive(Frame, Debug, PartialEq)]
    struct Ignoring {
        #[pad(2)]
        pad: Auto,
        #[calc(a + 1)]
        unverified: Auto<u8>,
        a: u8,
        #[len_prefixed(u8, lenient)]
        inner: Pair,
        #[align(4)]
        fill: Auto,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Pair {
        x: u8,
        y: u8,
    }
    let value = Ignoring {
        pad: Auto::new(),
        unverified: Auto::new(),
        a: 5,
        inner: Pair { x: 1, y: 2 },
        fill: Auto::new(),
    };
    let read = Ignoring::decode(&[9, 9, 9, 5, 4, 1, 2, 3, 4, 9, 9, 9]).unwrap();
    assert_eq!(read, value);
    let again = read.to_vec().unwrap();
    assert_eq!(again, [0, 0, 6, 5, 2, 1, 2, 0]);
    assert_eq!(Ignoring::decode(&again).unwrap(), value);
}

#[test]
fn items_without_bytes_are_an_error() {
    #[derive(Frame, Debug, PartialEq, Clone)]
    struct Nothing;
    #[derive(Frame, Debug, PartialEq, Clone)]
    #[frame(be)]
    struct Perhaps(#[optional] Option<u16>);

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Counted(#[count_prefixed(u32)] Vec<Nothing>);
    same(Counted(vec![]), &[0; 4]);
    assert!(wrong::<Counted>(&[0, 0, 0, 1]).contains("Counted.0"));
    wrong::<Counted>(&[0xff; 4]);
    assert!(refused(Counted(vec![Nothing])).contains("Counted.0"));

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Lengthy(#[len_prefixed(u8)] Vec<Perhaps>);
    same(Lengthy(vec![Perhaps(Some(1))]), &[2, 0, 1]);
    assert!(refused(Lengthy(vec![Perhaps(None)])).contains("Lengthy.0"));

    // A count is limited by the number of bytes.
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, len_prefixed(u8))]
    struct Bounded(#[count_prefixed(u32)] Vec<u16>);
    assert!(wrong::<Bounded>(&[6, 0, 0, 0, 2, 1, 1]).contains("Bounded.0"));
    same(Bounded(vec![257]), &[6, 0, 0, 0, 1, 1, 1]);
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Streamed(#[count_prefixed(u32)] Vec<u16>);
    assert!(Streamed::decode(&[0xff; 100]).is_err());
    let missing = 2 * usize::try_from(u32::MAX).unwrap() - 96;
    assert_eq!(Streamed::parse(&[0xff; 100]), Err(nom::Err::Incomplete(nom::Needed::new(missing))));
}
