//! Tests of pairs of words that are rarely combined, with names and types that might disturb
//! generated code.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{refused, round, samples_of, unwritable};
use framewright::Order;
use framewright::prelude::*;

/// The type has the name of the sink in generated code, and the fields have the names of its
/// variables.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct S {
    #[fixed(4, fill = 0)]
    input: Pair,
    #[fixed(6, fill = 0xff)]
    #[each(len_prefixed(u8))]
    out: VecDeque<Vec<u8>>,
    #[until(b"\r\n" | b"\n", optional)]
    body: Arc<str>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Pair(u8, u16);

#[test]
fn names_of_generated_code() {
    let s = S { input: Pair(1, 2), out: [vec![3], vec![]].into(), body: "x".into() };
    round(s.clone(), b"\x01\0\x02\0\x01\x03\0\xff\xff\xffx\r\n");
    assert_eq!(S::decode(b"\x01\0\x02\0\x01\x03\0\xff\xff\xffx").unwrap(), s);
    samples_of::<S>();
}

/// Words on fields of a generic type.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Generic<T, const N: usize> {
    #[fixed(N, fill = 0)]
    one: T,
    #[fixed(8, fill = 0)]
    several: Vec<T>,
    #[until(b";")]
    #[separated(b",")]
    words: Box<[String]>,
}

#[test]
fn parameters() {
    let generic =
        Generic::<Pair, 5> { one: Pair(1, 0), several: vec![Pair(0, 1), Pair(2, 0)], words: Box::new([]) };
    round(generic, b"\x01\0\0\0\0\0\0\x01\x02\0\0\0\0;");
    samples_of::<Generic<Pair, 5>>();
    let words = ["a".to_string(), String::new()].into();
    round(Generic::<Pair, 3> { one: Pair(0, 0), several: vec![], words }, b"\0\0\0\0\0\0\0\0\0\0\0a,;");
}

/// Numbers and prefixes whose byte order an earlier field determines.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Turned {
    order: u8,
    #[wire(order = if order == 0 { Order::Big } else { Order::Little })]
    number: u32,
    #[len_prefixed(u16, order = if order == 0 { Order::Big } else { Order::Little })]
    text: String,
    #[count_prefixed(u16, order = if order == 0 { Order::Big } else { Order::Little })]
    #[wire(u24)]
    odd: Vec<u32>,
}

#[test]
fn an_order_chosen_by_a_field() {
    let turned = |order| Turned { order, number: 1, text: "a".into(), odd: vec![2] };
    round(turned(0), b"\0\0\0\0\x01\0\x01a\0\x01\0\0\x02");
    round(turned(1), b"\x01\x01\0\0\0\x01\0a\x01\0\0\0\x02");
    samples_of::<Turned>();
}

/// Lists whose items have words, including lists of lists.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Items {
    kind: u8,
    width: u8,
    #[count_prefixed(u8)]
    #[each(count_prefixed(u8), each(len_prefixed(u8)))]
    tables: Vec<Vec<String>>,
    #[count_prefixed(u8)]
    #[each(tag(kind))]
    chosen: Vec<Chosen>,
    #[len_prefixed(u8)]
    #[each(ctx(width))]
    handed: Vec<Handed>,
    #[count_prefixed(u8)]
    #[each(wire(u24))]
    odd: Vec<u32>,
    #[count_prefixed(u8)]
    #[each(wire(bytes(width)))]
    numbers: Vec<u64>,
    #[count_prefixed(u8)]
    #[each(text(latin1), fixed(3))]
    texts: Vec<String>,
    #[count_prefixed(u8)]
    #[each(wire(dec), until(b","))]
    digits: Vec<u16>,
    #[count_prefixed(u8)]
    sizes: Vec<u8>,
    #[each(size in sizes, len(size))]
    #[text(utf16)]
    parts: Vec<String>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
enum Chosen {
    #[tag(1)]
    One(u8),
    #[tag(_)]
    Other,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(ctx(width: u8))]
struct Handed(#[len(width)] Vec<u8>);

#[test]
fn items_of_all_kinds() {
    let items = Items {
        kind: 1,
        width: 2,
        tables: vec![vec!["a".into()], vec![]],
        chosen: vec![Chosen::One(7)],
        handed: vec![Handed(vec![1, 2]), Handed(vec![3, 4])],
        odd: vec![5],
        numbers: vec![0x102],
        texts: vec!["é".into()],
        digits: vec![0, 65_535],
        sizes: vec![2, 0],
        parts: vec!["é".into(), String::new()],
    };
    round(
        items,
        b"\x01\x02\x02\x01\x01a\0\x01\x07\x04\x01\x02\x03\x04\x01\0\0\x05\x01\x01\x02\x01\xe9\0\0\x020,65535,\x02\x02\0\0\xe9",
    );
    samples_of::<Items>();
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Offsets {
    #[offset_of(name, bias = 2)]
    name_at: Auto<u16>,
    #[len_of(name)]
    name_len: Auto<u8>,
    #[offset_of(data)]
    data_at: Auto<u8>,
    #[len_of(data)]
    data_len: Auto<u8>,
    #[text(utf16)]
    name: String,
    data: Vec<u8>,
    #[optional]
    more: Option<u16>,
}

#[test]
fn offsets_and_what_may_follow() {
    let offsets = Offsets {
        name_at: Auto::new(),
        name_len: Auto::new(),
        data_at: Auto::new(),
        data_len: Auto::new(),
        name: "hi".into(),
        data: vec![7],
        more: None,
    };
    round(offsets.clone(), b"\x07\0\x04\x09\x01h\0i\0\x07");
    round(Offsets { more: Some(8), ..offsets.clone() }, b"\x07\0\x04\x09\x01h\0i\0\x07\x08\0");
    // Bytes before a field at a larger offset are ignored, and so is the offset of an empty field.
    assert_eq!(Offsets::decode(b"\x09\0\x04\x0b\x01??h\0i\0\x07").unwrap(), offsets);
    let error = refused::<Offsets>(b"\x06\0\x04\x09\x01h\0i\0\x07");
    assert!(error.starts_with("Offsets."), "{error}");
    let error = refused::<Offsets>(b"\x07\0\x04\xff\x01h\0i\0\x07");
    assert!(error.starts_with("Offsets."), "{error}");
    samples_of::<Offsets>();
}

/// `none` in every number format.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Absent {
    #[none(0xffff)]
    plain: Option<u16>,
    #[wire(u24)]
    #[none(0xff_ffff)]
    odd: Option<u32>,
    #[wire(le)]
    #[none(-1)]
    signed: Option<i32>,
    #[bits(4)]
    #[none(15)]
    nibble: Option<u8>,
    #[bits(4)]
    other: u8,
    #[len_prefixed(i8, none = -1)]
    text: Option<String>,
    #[count_prefixed(u8, none = 255)]
    list: Option<Vec<u16>>,
    #[wire(bcd(1, fill = 0xf))]
    digits: String,
}

#[test]
fn numbers_for_what_is_absent() {
    let absent = Absent {
        plain: None,
        odd: None,
        signed: None,
        nibble: None,
        other: 1,
        text: None,
        list: None,
        digits: String::new(),
    };
    round(absent.clone(), b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xf1\xff\xff\xff");
    let there = Absent {
        plain: Some(0),
        odd: Some(1),
        signed: Some(2),
        nibble: Some(0),
        other: 0,
        text: Some(String::new()),
        list: Some(vec![]),
        digits: "1".into(),
    };
    round(there, b"\0\0\0\0\x01\x02\0\0\0\0\0\0\x1f");
    assert!(unwritable(Absent { nibble: Some(15), ..absent }).starts_with("Absent.nibble"));
    samples_of::<Absent>();
}

/// A line of text with optional parts, a delimiter between values, and a list.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(until(b"\r\n" | b"\n"))]
struct Line {
    #[lead(b"@")]
    #[until(b" ")]
    tags: Option<String>,
    #[lead(b":")]
    #[until(b" ")]
    source: Option<String>,
    #[until(b" ", between)]
    command: String,
    #[rest]
    #[separated(b" ")]
    words: Vec<String>,
}

#[test]
fn lines() {
    let words = |words: &[&str]| words.iter().map(|word| word.to_string()).collect();
    let line = Line { tags: None, source: None, command: "PING".into(), words: words(&[]) };
    round(line.clone(), b"PING\r\n");
    let more = Line { source: Some("a".into()), words: words(&["b", "", "c"]), ..line.clone() };
    round(more.clone(), b":a PING b  c\r\n");
    assert_eq!(Line::decode(b":a PING b  c\n").unwrap(), more);
    assert!(unwritable(Line { command: "@".into(), ..line.clone() }).starts_with("Line.tags"));
    assert!(unwritable(Line { words: words(&["a\nb"]), ..line.clone() }).starts_with("Line"));
    assert!(unwritable(Line { words: words(&[""]), ..line }).starts_with("Line.words"));
    samples_of::<Line>();
}

/// Text with two alternative delimiters. `a\n` ends with `\n`, so the delimiter that begins first
/// must end the text.
#[derive(Frame, Debug, PartialEq, Clone)]
struct Nested(#[until(b"\n" | b"a\n")] String);

#[test]
fn the_earliest_start_wins() {
    round(Nested("b".into()), b"b\n");
    assert_eq!(Nested::decode(b"ba\n").unwrap(), Nested("b".into()));
    assert!(unwritable(Nested("ba".into())).starts_with("Nested.0"));
}

/// A length over several fields, with a unit, a bias and a limit.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, max = 24)]
struct Units {
    #[len_of(a..=b, scale = 4, bias = 1)]
    len: Auto<u8>,
    #[len_prefixed(u8, max = 9)]
    a: Vec<u8>,
    #[align(4, fill = 0xee, strict)]
    pad: Auto,
    b: u16,
    #[pad(2)]
    reserved: Auto,
}

#[test]
fn units_and_limits() {
    let units =
        |a: &[u8]| Units { len: Auto::new(), a: a.to_vec(), pad: Auto::new(), b: 7, reserved: Auto::new() };
    assert!(unwritable(units(b"ab")).contains("Units"), "6 bytes are not a multiple of 4");
    assert!(unwritable(units(&[0; 10])).contains("Units.a"));
}

/// Lists of rows, and lists of optional values.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Rows {
    #[len_prefixed(u8)]
    #[each(until(b"\n"), separated(b","))]
    rows: Vec<Vec<String>>,
    #[count_prefixed(u8)]
    #[each(none(0xffff))]
    values: Vec<Option<u16>>,
    #[rest]
    #[each(wire(u24), none(0))]
    odd: Box<[Option<u32>]>,
}

#[test]
fn items_that_are_separated_or_absent() {
    let row = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<_>>();
    let rows = Rows {
        rows: vec![row(&["a", "b"]), row(&[]), row(&["", ""])],
        values: vec![Some(1), None],
        odd: Box::new([None, Some(1)]),
    };
    round(rows.clone(), b"\x07a,b\n\n,\n\x02\0\x01\xff\xff\0\0\0\0\0\x01");
    assert!(unwritable(Rows { values: vec![Some(0xffff)], ..rows.clone() }).starts_with("Rows.values[0]"));
    assert!(unwritable(Rows { rows: vec![row(&["a,b"])], ..rows }).starts_with("Rows.rows[0]"));
    samples_of::<Rows>();
}

/// Fields that have both a length and a count.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Compared {
    #[count_of(words)]
    count: Auto<u8>,
    #[len_of(words)]
    len: Auto<u8>,
    #[len_prefixed(u8)]
    words: Vec<u16>,
    #[count_of(items)]
    items_count: Auto<u8>,
    #[until(b"\0")]
    #[each(fixed(2))]
    items: Vec<String>,
    #[len_of(numbers)]
    numbers_len: Auto<u8>,
    #[count_prefixed(u8)]
    numbers: Vec<u16>,
    #[count_of(rest)]
    rest_count: Auto<u8>,
    #[rest]
    rest: Vec<u16>,
}

#[test]
fn fields_with_a_length_and_a_count() {
    let compared = Compared {
        count: Auto::new(),
        len: Auto::new(),
        words: vec![1, 2],
        items_count: Auto::new(),
        items: vec!["ab".into(), "cd".into()],
        numbers_len: Auto::new(),
        numbers: vec![3],
        rest_count: Auto::new(),
        rest: vec![4],
    };
    let bytes = b"\x02\x04\x04\0\x01\0\x02\x02abcd\0\x02\x01\0\x03\x01\0\x04";
    round(compared, bytes);
    for at in [0, 1, 7, 13, 17] {
        let mut wrong = bytes.to_vec();
        wrong[at] += 1;
        assert!(Compared::decode(&wrong).is_err(), "{at}");
    }
    samples_of::<Compared>();
}

/// Numbers whose size an earlier field gives, digits in swapped order, and other formats.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Numbers {
    size: u8,
    #[wire(bytes(size))]
    number: u32,
    #[wire(bytes(size))]
    signed: i64,
    #[wire(bcd(2, swapped, fill = 0xf))]
    digits: String,
    #[wire(varint(padded))]
    padded: u16,
    #[wire(varint(max = 2))]
    bounded: u32,
    #[wire(hex)]
    #[fixed(4)]
    hex: u16,
    #[wire(dec)]
    #[len_prefixed(u8)]
    dec: i16,
}

#[test]
fn numbers_in_many_forms() {
    let numbers = Numbers {
        size: 3,
        number: 0x01_0203,
        signed: -2,
        digits: "123".into(),
        padded: 300,
        bounded: 300,
        hex: 0xbeef,
        dec: -7,
    };
    round(numbers.clone(), b"\x03\x03\x02\x01\xfe\xff\xff\x21\xf3\xac\x02\xac\x02BEEF\x02-7");
    assert!(unwritable(Numbers { size: 1, ..numbers.clone() }).starts_with("Numbers.number"));
    assert!(unwritable(Numbers { bounded: 20_000, ..numbers.clone() }).starts_with("Numbers.bounded"));
    let error = refused::<Numbers>(b"\x05\x03\x02\x01\xfe\xff\xff\x21\xf3\xac\x02\xac\x02BEEF\x02-7");
    assert!(error.starts_with("Numbers.number"), "{error}");
    samples_of::<Numbers>();
}

/// Text that ends before a delimiter, which is left for the next field.
#[derive(Frame, Debug, PartialEq, Clone)]
struct Left {
    #[until(b"/" | b"?", left)]
    host: String,
    #[until(b" ")]
    path: String,
    #[until(b"\xff", left)]
    raw: Vec<u8>,
    #[fixed(3)]
    last: Vec<u8>,
}

#[test]
fn the_next_field_begins_with_a_delimiter_that_is_left() {
    let left = Left { host: "a".into(), path: "?b".into(), raw: vec![1], last: vec![0xff, 2, 3] };
    round(left.clone(), b"a?b \x01\xff\x02\x03");
    assert!(unwritable(Left { path: "b".into(), ..left }).starts_with("Left.host"));
    samples_of::<Left>();
}
