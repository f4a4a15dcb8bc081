//! Tests of `Auto<T>` where `T` is an alias of a number.

use framewright::prelude::*;

use crate::by_json::laws;
use crate::held::same;

type Word = u32;
type Half = u16;
type Byte = u8;
type Flag = bool;

#[derive(Frame, Debug, Clone, PartialEq, Default)]
#[frame(be)]
struct Record {
    #[checksum(framewright::checksum::Crc32, over = body)]
    sum: Auto<Word>,
    #[calc(last + 1, verify)]
    next: Auto<Byte>,
    #[magic(7)]
    magic: Auto<Half>,
    #[offset_of(last)]
    at: Auto<Half>,
    #[presence_of(extra)]
    flag: Auto<Flag>,
    #[presence_of(extra)]
    number: Auto<Byte>,
    #[wire(u24)]
    #[calc(5)]
    odd: Auto<Word>,
    #[wire(le)]
    #[magic(0x0102)]
    little: Auto<Word>,
    #[wire(bcd(2))]
    #[calc(42)]
    decimal: Auto<Half>,
    #[bits(4)]
    #[calc(last & 15)]
    low: Auto<Byte>,
    #[bits(4)]
    high: Byte,
    #[len_of(body)]
    len: Auto<Half>,
    body: Vec<u8>,
    last: Byte,
    extra: Option<Byte>,
}

#[test]
fn an_alias_works_like_the_type_it_names() {
    let record =
        Record { high: 3, body: b"123456789".to_vec(), last: 9, extra: Some(1), ..Record::default() };
    let bytes =
        b"\xcb\xf4\x39\x26\x0a\0\x07\0\x20\x01\x01\0\0\x05\x02\x01\0\0\0\x42\x93\0\x09123456789\x09\x01";
    same(record.clone(), bytes);
    laws([record, Record { last: 3, ..Record::default() }]);

    let mut wrong = *bytes;
    wrong[3] ^= 1;
    assert_eq!(Record::decode(&wrong).unwrap_err().path(), "Record.sum");
}

/// Lengths that count themselves.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Whole {
    #[len_of(..)]
    all: Auto<Half>,
    #[len_of(rest..)]
    rest: Auto<Half>,
    last: u8,
}

#[test]
fn an_alias_may_count_itself() {
    same(Whole { all: Auto::new(), rest: Auto::new(), last: 1 }, &[0, 5, 0, 3, 1]);
}
