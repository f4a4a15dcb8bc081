//! Tests of every word of the language in the views for other programs: values are read without
//! errors, damaged bytes do not crash them, and a description names the parts that it cannot
//! express.

use framewright::prelude::*;
use framewright::testing::samples;
use framewright::{Order, Schema};

use crate::capture::{PORT, Transport, Way};
use crate::kaitai::parsed;
use crate::wireshark::{assert_lines, damaged, shown};

/// Fields that may be absent, that are padded, or that end in several ways.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, until(b"\r\n" | b"\n"))]
struct Ends {
    #[lead(b":")]
    #[until(b" ")]
    source: Option<String>,
    #[until(b";" | b",")]
    key: String,
    #[until(b"/", left)]
    host: String,
    #[until(b"=", optional)]
    path: String,
    #[until(b"|", between)]
    word: String,
    #[rest]
    #[separated(b" ")]
    words: Vec<String>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Places {
    #[fixed(6, fill = 0xff)]
    words: Vec<u16>,
    #[fixed(8, fill = 0)]
    #[each(len_prefixed(u8))]
    names: Vec<Vec<u8>>,
    #[fixed(6, fill = b' ')]
    inner: Inner,
    #[fixed(8, until = 0)]
    name: String,
    size: u8,
    #[len(size, until = b"@", fill = b'.')]
    place: String,
    last: u8,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Inner {
    id: u16,
    #[len_prefixed(u8)]
    text: String,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
struct Digits {
    #[wire(bcd(4))]
    number: u32,
    #[wire(bcd(3, fill = 0xf))]
    text: String,
    size: u8,
    #[wire(bytes(size))]
    sized: u32,
    #[wire(varint(padded))]
    padded: u32,
    #[none(0xffff)]
    absent: Option<u16>,
    #[len_prefixed(u8)]
    #[text(latin1)]
    latin: String,
    #[until(0)]
    #[text(utf16)]
    wide: String,
    #[fixed(8)]
    #[text(ascii)]
    ascii: String,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Level(u8);

impl From<u8> for Level {
    fn from(level: u8) -> Self {
        Self(level)
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.0
    }
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Bits {
    #[bits(4, as = u8)]
    level: Level,
    #[bits(4)]
    nibbles: [u8; 3],
    #[count_prefixed(u8)]
    #[each(bits(12))]
    counted: Vec<u16>,
    #[len_prefixed(u8)]
    #[each(bits(4, as = u8))]
    sized: Vec<Level>,
    #[bits(100)]
    wide: u128,
    #[bits(60)]
    other: u64,
    last: u8,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Lists {
    kind: u8,
    width: u8,
    #[count_prefixed(u8)]
    sizes: Vec<u8>,
    #[each(size in sizes, len(size))]
    parts: Vec<Vec<u8>>,
    #[count_prefixed(u8)]
    #[each(len(width))]
    rows: Vec<Vec<u8>>,
    #[count_prefixed(u8)]
    #[each(tag(kind))]
    chosen: Vec<Chosen>,
    #[len_prefixed(u8)]
    #[each(until(b"\n"), separated(b","))]
    tables: Vec<Vec<String>>,
    #[until(|item| item.id == 0)]
    ended: Vec<Inner>,
    #[tag((kind, width))]
    pair: Pair,
}

#[derive(Frame, Debug, Clone, PartialEq)]
enum Chosen {
    #[tag(1)]
    One(u8),
    #[tag(_)]
    Other,
}

#[derive(Frame, Debug, Clone, PartialEq)]
enum Pair {
    #[tag((1, 2))]
    Both(u8),
    #[tag(_)]
    Neither,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Ordered {
    little: bool,
    #[wire(order = if little { Order::Little } else { Order::Big })]
    number: u32,
    #[len_prefixed(u16, order = if little { Order::Little } else { Order::Big })]
    text: String,
    #[ctx(if little { Order::Little } else { Order::Big })]
    inner: Turned,
    #[offset_of(name)]
    name_at: Auto<u8>,
    #[len_of(name)]
    name_len: Auto<u8>,
    name: String,
    #[optional]
    more: Option<u16>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(order = order, ctx(order: Order))]
struct Turned {
    value: u16,
    #[bits(4)]
    high: u8,
    #[bits(12)]
    low: u16,
}

/// A schema, the bytes of values, and the parts that its description for Kaitai cannot express.
struct Case(&'static str, &'static Schema, Vec<Vec<u8>>, &'static [&'static str]);

fn case<T: OwnedFrame>(name: &'static str, unsaid: &'static [&'static str]) -> Case {
    let bytes = samples::<T>(5, 10).into_iter().map(|value| value.to_vec().unwrap()).collect();
    Case(name, T::SCHEMA, bytes, unsaid)
}

fn ends() -> Ends {
    Ends {
        source: Some("me".into()),
        key: "k".into(),
        host: "h".into(),
        path: "/p".into(),
        word: "w".into(),
        words: vec!["a".into(), String::new(), "c".into()],
    }
}

fn cases() -> [Case; 6] {
    let lines = [ends(), Ends { source: None, words: vec![], ..ends() }];
    let lines = lines.iter().map(|line| line.to_vec().unwrap()).collect();
    [
        Case("ends", Ends::SCHEMA, lines, &["up to"]),
        case::<Places>("places", &["a list padded with 0xff"]),
        case::<Digits>("digits", &[]),
        case::<Bits>("bits", &["bit field of 100 bits"]),
        case::<Lists>("lists", &[]),
        case::<Ordered>("ordered", &[]),
    ]
}

#[test]
fn tshark_reads_values_and_damaged_bytes() {
    for Case(name, schema, bytes, _) in cases() {
        let packets: Vec<_> = bytes.iter().map(|bytes| (Way::ToPort, bytes.clone())).collect();
        let name = format!("words-{name}");
        let Some(text) = shown(&name, schema.wireshark(PORT), Transport::Udp, &packets) else { return };
        let fault = text.lines().find(|line| line.contains("Malformed") || line.contains("left over"));
        assert_eq!(fault, None, "{name}\n{text}");
        let some: Vec<_> = bytes.into_iter().take(2).collect();
        shown(&format!("damaged-{name}"), schema.wireshark(PORT), Transport::Udp, &damaged(&some));
    }
}

#[test]
fn kaitai_compiles_the_description_and_lost_words_are_named() {
    for Case(name, schema, bytes, unsaid) in cases() {
        let description = schema.kaitai().to_string();
        for unsaid in unsaid {
            assert!(
                description.contains("Kaitai cannot express") && description.contains(unsaid),
                "{description}"
            );
        }
        for bytes in bytes.iter().take(2) {
            let Some(json) = parsed(schema, bytes) else { return };
            assert!(json.starts_with('{'), "{name}: {json}");
        }
    }
}

#[test]
fn delimiters_of_all_kinds_are_shown() {
    let ends = ends();
    let bytes = b":me k,h/p=w|a  c\n".to_vec();
    assert_eq!(Ends::decode(&bytes).unwrap(), ends);
    let packets = [(Way::ToPort, bytes), (Way::ToPort, ends.to_vec().unwrap())];
    let Some(text) = shown("ends", Ends::SCHEMA.wireshark(PORT), Transport::Tcp, &packets) else { return };
    assert_lines(&text, &["source: me", "key: k", "host: h", "path: /p", "word: w"]);
    assert!(!text.contains("Malformed"), "{text}");
    let damaged = [(Way::ToPort, b":me k,h/p=w|\n".to_vec())];
    assert!(Ends::decode(b":me k,h/p=w|\n").is_err());
    let Some(text) = shown("no-end", Ends::SCHEMA.wireshark(PORT), Transport::Udp, &damaged) else { return };
    assert!(text.contains("this delimiter must be followed by another value"), "{text}");
}
