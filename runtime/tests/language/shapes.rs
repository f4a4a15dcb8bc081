//! Tests of the sizes and conversions of nested types: padded fields, open types, and the encoding
//! of array items.

use std::num::NonZeroU8;

use framewright::prelude::*;

use crate::held::same;

#[derive(Frame, Debug, PartialEq, Clone, Copy)]
#[frame(tag = u8)]
enum Op {
    Read = 1,
    Write = 2,
}

#[test]
fn lists_of_single_bytes_are_padded() {
    #[derive(Frame, Debug, PartialEq)]
    struct Filled {
        #[fixed(4, fill = 7)]
        signed: Vec<i8>,
        #[fixed(3, fill = 0xff)]
        flags: Vec<bool>,
        #[fixed(3, fill = 0)]
        ops: Vec<Op>,
        #[fixed(100, fill = b'x')]
        long: Vec<i8>,
        #[fixed(2, fill = 0)]
        some: Vec<NonZeroU8>,
        #[fixed(2)]
        exactly: Vec<i8>,
    }
    let filled = |exactly: &[i8]| Filled {
        signed: vec![-1],
        flags: vec![true, false],
        ops: vec![Op::Write],
        long: vec![],
        some: vec![NonZeroU8::MIN],
        exactly: exactly.to_vec(),
    };
    let mut bytes = vec![0xff, 7, 7, 7, 1, 0, 0xff, 2, 0, 0];
    bytes.extend([b'x'; 100]);
    bytes.extend([1, 0, 5, 0]);
    same(filled(&[5, 0]), &bytes);
    // `exactly` has no `fill`, so it is not padded. Values that are too long or end in the padding
    // are refused.
    filled(&[5]).to_vec().unwrap_err();
    Filled { signed: vec![1, 7], ..filled(&[0, 0]) }.to_vec().unwrap_err();
    Filled { signed: vec![1; 5], ..filled(&[0, 0]) }.to_vec().unwrap_err();
}

mod masked {
    use framewright::{DecodeError, EncodeError, Sink};

    pub(super) fn parse(input: &[u8]) -> nom::IResult<&[u8], Vec<u8>, DecodeError> {
        Ok((&[], input.iter().map(|byte| byte ^ 0xff).collect()))
    }

    pub(super) fn encode<S: Sink + ?Sized>(value: &[u8], out: &mut S) -> Result<(), EncodeError> {
        value.iter().try_for_each(|byte| out.put(&[byte ^ 0xff]))
    }

    pub(super) fn encoded_len(value: &[u8]) -> usize {
        value.len()
    }
}

#[test]
fn a_module_gets_exactly_the_fixed_bytes() {
    #[derive(Frame, Debug, PartialEq)]
    struct Masked {
        #[fixed(2)]
        #[with(masked)]
        exactly: Vec<u8>,
        #[fixed(3, fill = 9)]
        #[with(masked)]
        filled: Vec<u8>,
        #[len_prefixed(varint)]
        #[with(masked)]
        prefixed: Vec<u8>,
    }
    let masked = Masked { exactly: vec![1, 0xff], filled: vec![0xff], prefixed: vec![1] };
    same(masked, &[0xfe, 0, 0, 9, 9, 1, 0xfe]);
    Masked { exactly: vec![1], filled: vec![], prefixed: vec![] }.to_vec().unwrap_err();
}

/// A number of four decimal digits, in binary-coded decimal on the wire.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bcd(u16);

impl TryFrom<u16> for Bcd {
    type Error = String;

    fn try_from(wire: u16) -> Result<Self, Self::Error> {
        let digits = [wire >> 12, wire >> 8 & 15, wire >> 4 & 15, wire & 15];
        if digits.iter().any(|digit| *digit > 9) {
            return Err(format!("{wire:#x} has a digit above 9"));
        }
        Ok(Self(digits.iter().fold(0, |number, digit| number * 10 + digit)))
    }
}

impl From<Bcd> for u16 {
    fn from(Bcd(mut number): Bcd) -> Self {
        let mut wire = 0;
        for place in 0..4 {
            wire |= (number % 10) << (4 * place);
            number /= 10;
        }
        wire
    }
}

#[test]
fn items_of_arrays_are_converted() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Arrays {
        #[wire(u16)]
        x: [Bcd; 4],
        #[wire(u16, le)]
        nested: [[Bcd; 2]; 2],
        #[wire(u16)]
        #[count_prefixed(u8)]
        list: Vec<[Bcd; 2]>,
        #[presence_of(maybe)]
        there: Auto<bool>,
        #[wire(u16)]
        maybe: Option<[Bcd; 1]>,
        #[wire(u16)]
        same: [u16; 2],
        #[wire(u24)]
        odd: [[u32; 1]; 2],
    }
    let arrays = |maybe| Arrays {
        x: [Bcd(1234), Bcd(0), Bcd(9), Bcd(10)],
        nested: [[Bcd(1), Bcd(2)], [Bcd(3), Bcd(4)]],
        list: vec![[Bcd(77), Bcd(8)]],
        there: Auto::new(),
        maybe,
        same: [1, 2],
        odd: [[3], [4]],
    };
    let head = [0x12, 0x34, 0, 0, 0, 9, 0, 0x10, 1, 0, 2, 0, 3, 0, 4, 0, 1, 0, 0x77, 0, 8];
    let tail = [0, 1, 0, 2, 0, 0, 3, 0, 0, 4];
    same(arrays(None), &[&head[..], &[0], &tail].concat());
    same(arrays(Some([Bcd(5)])), &[&head[..], &[1, 0, 5], &tail].concat());
    let error = Arrays::decode(&[0x12, 0x34, 0, 0xa0]).unwrap_err();
    assert_eq!(error.path(), "Arrays.x[1]");
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Open {
    id: u8,
    #[rest]
    data: Vec<u8>,
}

#[test]
fn an_open_type_may_be_last_in_a_tuple() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Last {
        first: u8,
        pair: (u16, Open),
    }
    same(Last { first: 1, pair: (2, Open { id: 3, data: vec![4, 5] }) }, &[1, 0, 2, 3, 4, 5]);

    #[derive(Frame, Debug, PartialEq)]
    struct One([Open; 1]);
    same(One([Open { id: 3, data: vec![4, 5] }]), &[3, 4, 5]);
}

#[test]
fn a_generic_field_that_is_open_is_bounded_by_rest() {
    #[derive(Frame, Debug, PartialEq)]
    struct Env<B> {
        #[len_of(body..)]
        len: Auto<u8>,
        #[rest]
        body: B,
        serial: u8,
    }
    let open = Open { id: 3, data: vec![4, 5] };
    same(Env { len: Auto::new(), body: open, serial: 9 }, &[4, 3, 4, 5, 9]);

    #[derive(Frame, Debug, PartialEq)]
    struct Plain<B> {
        #[len_of(body..)]
        len: Auto<u8>,
        body: B,
        serial: u8,
    }
    same(Plain { len: Auto::new(), body: Op::Read, serial: 9 }, &[2, 1, 9]);
}

#[test]
fn a_generic_field_has_its_length_in_an_earlier_field() {
    #[derive(Frame, Debug, PartialEq)]
    struct Env<B> {
        #[len_of(body)]
        len: Auto<u8>,
        body: B,
        serial: u8,
    }
    let open = Open { id: 3, data: vec![4, 5] };
    same(Env { len: Auto::new(), body: open, serial: 9 }, &[3, 3, 4, 5, 9]);
    same(Env { len: Auto::new(), body: Op::Read, serial: 9 }, &[1, 1, 9]);

    // The lengths of one variant do not apply to the fields of the other variant.
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, tag = u8)]
    enum Either<B, N> {
        #[tag(1)]
        Long {
            #[len_of(body)]
            len: Auto<u8>,
            body: B,
        },
        #[tag(2)]
        Short { body: N },
    }
    same(Either::<Op, u16>::Long { len: Auto::new(), body: Op::Write }, &[1, 1, 2]);
    same(Either::<Op, u16>::Short { body: 0x304 }, &[2, 3, 4]);
}

#[test]
fn inner_delimiters_need_not_be_unlike_the_outer_one() {
    #[derive(Frame, Debug, PartialEq)]
    struct Groups {
        #[until(b"--")]
        #[each(until(b";"), separated(b"-"))]
        groups: Vec<Vec<String>>,
    }
    let group = |words: [&str; 2]| words.map(str::to_owned).to_vec();
    same(Groups { groups: vec![group(["1", "2"]), group(["3", "4"])] }, b"1-2;3-4;--");

    // `until(10)` ends the list at the number 10, not at the byte 10.
    #[derive(Frame, Debug, PartialEq)]
    struct Numbers {
        #[until(10)]
        #[each(until(b"\n"), wire(dec))]
        numbers: Vec<u32>,
    }
    same(Numbers { numbers: vec![7, 300] }, b"7\n300\n10\n");
}

#[test]
fn an_optional_value_of_no_bytes_is_refused_where_it_would_be_read_as_absent() {
    #[derive(Frame, Debug, PartialEq)]
    struct Empty;

    #[derive(Frame, Debug, PartialEq)]
    struct Items {
        #[rest]
        items: Vec<u8>,
    }

    #[derive(Frame, Debug, PartialEq)]
    struct Versions {
        id: u8,
        #[optional]
        second: Option<Empty>,
        #[optional]
        third: Option<u8>,
        #[optional]
        fourth: Option<Items>,
    }
    let items = |items: &[u8]| Some(Items { items: items.to_vec() });
    let refused = |second, third, fourth, field: &str| {
        let error = Versions { id: 1, second, third, fourth }.to_vec().unwrap_err().to_string();
        assert!(error.contains(field) && error.contains("decoded as absent"), "{error}");
    };
    same(Versions { id: 1, second: None, third: None, fourth: None }, &[1]);
    same(Versions { id: 1, second: Some(Empty), third: Some(2), fourth: None }, &[1, 2]);
    same(Versions { id: 1, second: Some(Empty), third: Some(2), fourth: items(&[3]) }, &[1, 2, 3]);
    refused(Some(Empty), None, None, "second");
    refused(Some(Empty), Some(2), items(&[]), "fourth");

    // The bytes after the extent do not belong to the enum.
    #[derive(Frame, Debug, PartialEq)]
    #[frame(tag = u8)]
    enum Inside {
        #[tag(1)]
        Scope {
            #[len_of(some..=rest)]
            len: Auto<u8>,
            #[optional]
            some: Option<Empty>,
            #[rest]
            rest: Vec<u8>,
            behind: u8,
        },
        #[tag(2)]
        Line(Line),
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(until(b"\n"))]
    struct Line(#[optional] Option<Items>);
    let scope = |some, rest: &[u8]| Inside::Scope { len: Auto::new(), some, rest: rest.to_vec(), behind: 9 };
    same(scope(None, &[]), &[1, 0, 9]);
    same(scope(Some(Empty), &[4]), &[1, 1, 4, 9]);
    scope(Some(Empty), &[]).to_vec().unwrap_err();
    same(Inside::Line(Line(items(b"a"))), b"\x02a\n");
    same(Inside::Line(Line(None)), b"\x02\n");
    Inside::Line(Line(items(b""))).to_vec().unwrap_err();
}

/// Checks lists of numbers, which are converted in blocks. At every length around the size of a
/// block, the bytes must be the same as for single numbers.
#[test]
fn lists_of_numbers_equal_single_numbers() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(le)]
    struct Numbers {
        #[len_prefixed(u32)]
        wide: Vec<i64>,
        #[count_prefixed(u16)]
        #[wire(be)]
        narrow: Vec<u16>,
        #[rest]
        floats: Vec<f32>,
    }

    for len in (0..5).chain(125..131).chain(253..260).chain(510..516).chain([1023, 1024, 1025]) {
        let numbers = 0..i16::try_from(len).unwrap();
        let value = Numbers {
            wide: numbers.clone().map(|n| i64::from(n) * -0x0102_0304_0506).collect(),
            narrow: numbers.clone().map(|n| n.unsigned_abs() * 0x31).collect(),
            floats: numbers.map(|n| f32::from(n) / 3.0).collect(),
        };
        let mut bytes = u32::try_from(len * 8).unwrap().to_le_bytes().to_vec();
        bytes.extend(value.wide.iter().flat_map(|n| n.to_le_bytes()));
        bytes.extend(u16::try_from(len).unwrap().to_le_bytes());
        bytes.extend(value.narrow.iter().flat_map(|n| n.to_be_bytes()));
        bytes.extend(value.floats.iter().flat_map(|n| n.to_le_bytes()));
        assert_eq!(value.to_vec().unwrap(), bytes);
        assert_eq!(Numbers::decode(&bytes).unwrap(), value);
    }
    // If the length is not a multiple of the item size, the error is at the truncated item.
    let error = Numbers::decode(b"\x0b\0\0\0aaaaaaaabbb\0\0").unwrap_err();
    assert_eq!(error.to_string(), "Numbers.wide[1] at byte 12: expected 8 bytes, found 3");
}

#[derive(Frame, Debug, Clone, Copy, PartialEq, Default)]
struct Nothing;

/// The type says how many items an array has, so they may take no bytes.
#[derive(Frame, Debug, PartialEq)]
struct Arrays {
    nothing: [Nothing; 2],
    nested: [[Nothing; 2]; 2],
    number: u8,
    tuple: ([Nothing; 1], (), u8),
}

#[test]
fn arrays_of_nothing() {
    let arrays =
        Arrays { nothing: [Nothing; 2], nested: [[Nothing; 2]; 2], number: 1, tuple: ([Nothing], (), 5) };
    assert_eq!(arrays.to_vec().unwrap(), [1, 5]);
    crate::by_json::laws([arrays]);
}
