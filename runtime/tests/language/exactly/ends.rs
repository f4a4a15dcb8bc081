//! Tests of delimiters, ignored bytes, and items without bytes.

use framewright::prelude::*;

use crate::held::{refused, same, wrong};

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
    // `a-` cannot be encoded: in `a---`, the delimiter `--` begins one byte too early.
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

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Counted(#[count_prefixed(u32)] Vec<Nothing>);
    same(Counted(vec![]), &[0; 4]);
    assert!(wrong::<Counted>(&[0, 0, 0, 1]).contains("Counted.0"));
    wrong::<Counted>(&[0xff; 4]);
    assert!(refused(Counted(vec![Nothing])).contains("Counted.0"));

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Lengthy(#[len_prefixed(u8)] Vec<Nothing>);
    same(Lengthy(vec![]), &[0]);
    assert!(wrong::<Lengthy>(&[1, 9]).contains("Lengthy.0"));
    assert!(refused(Lengthy(vec![Nothing])).contains("Lengthy.0"));

    // A count is limited by the bytes that are left: two items of `u16` do not fit into two bytes.
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
