//! Tests that views are as correct as the codec: dumps of damaged frames, drawings, JSON and
//! comparison agree with the declaration.

use framewright::json::{from_json, to_json};
use framewright::prelude::*;
use framewright::view::dump_bytes;

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Masked {
    flags: u8,
    #[when(flags & !1 != 0)]
    extra: Option<u8>,
    #[len_prefixed(u8)]
    name: String,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Inverted {
    n: u8,
    #[len(!n)]
    body: Vec<u8>,
    tail: u16,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Narrowed {
    n: u16,
    #[when(n as u8 == 2)]
    #[magic(0x55u8)]
    mark: Auto,
    last: u8,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, len_prefixed(u8), until(b"\r\n"))]
struct Line {
    number: u8,
    #[rest]
    text: String,
}

#[derive(Clone, Copy, Frame)]
#[frame(be)]
struct Halved(u8);

impl TryFrom<usize> for Halved {
    type Error = &'static str;
    fn try_from(len: usize) -> Result<Self, Self::Error> {
        u8::try_from(len / 2).map(Self).map_err(|_| "too long")
    }
}

impl From<Halved> for usize {
    fn from(Halved(half): Halved) -> Self {
        Self::from(half) * 2
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, len_prefixed(Halved))]
struct Evenly {
    a: u8,
    b: u8,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Positional(u8, #[len(_0)] Vec<u8>, #[len_of(_3)] Auto<u8>, Vec<u8>, u16);

#[derive(Frame, Clone, Copy, Debug, PartialEq)]
#[frame(tag = u8)]
enum Kind {
    #[tag(1)]
    Short,
    #[tag(2)]
    Long,
}

const LONG: u8 = 3;

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Chosen {
    kind: Kind,
    n: u8,
    #[len(match kind { Kind::Short => 1, Kind::Long => 2 })]
    first: Vec<u8>,
    #[len(if matches!(n, 1..=4 | 9) { usize::from(n) } else { first.len() })]
    second: Vec<u8>,
    #[when(n >= LONG)]
    third: Option<u8>,
    last: u16,
}

/// Returns `true` if a line of a dump contains these words, with any amount of space between them.
fn shows(dump: &str, words: &str) -> bool {
    dump.lines().any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").contains(words))
}

#[test]
fn a_damaged_frame_shows_what_conditions_say() {
    let dump = dump_bytes::<Masked>(&[2, 7, 0x61]).to_string();
    assert!(shows(&dump, "extra u8 7"), "{dump}");
    let dump = dump_bytes::<Masked>(&[1, 3, 0x61]).to_string();
    assert!(!dump.contains("extra"), "{dump}");

    let dump = dump_bytes::<Inverted>(&[0xfd, 1, 2, 3]).to_string();
    assert!(shows(&dump, "0001 01 02 body 2 bytes"), "{dump}");
}

#[test]
fn expressions_of_all_kinds_are_read() {
    let dump = dump_bytes::<Chosen>(&[2, 3, 10, 11, 20, 21, 22, 5, 1, 0]).to_string();
    for line in ["first 2 bytes", "second 3 bytes", "third u8 5"] {
        assert!(shows(&dump, line), "{dump}");
    }
    let dump = dump_bytes::<Chosen>(&[1, 2, 10, 20, 21, 0]).to_string();
    assert!(shows(&dump, "second 2 bytes") && !dump.contains("third"), "{dump}");
}

#[test]
fn tuples_need_no_names() {
    let dump = dump_bytes::<Positional>(&[2, 8, 9, 1, 7, 1]).to_string();
    for line in ["1 2 bytes", "3 1 byte"] {
        assert!(shows(&dump, line), "{dump}");
    }
}

#[test]
fn other_languages_know_the_width_of_a_number() {
    let lua = Masked::SCHEMA.wireshark(1).to_string();
    assert!(lua.contains("(band(v[\"flags\"], 254) ~= 0)"), "{lua}");
    let ksy = Masked::SCHEMA.kaitai().to_string();
    assert!(ksy.contains("if: ((flags & 254) != 0)"), "{ksy}");
    let lua = Narrowed::SCHEMA.wireshark(1).to_string();
    assert!(lua.contains("(band(v[\"n\"], 255) == 2)"), "{lua}");
}

#[track_caller]
fn both_ways<T: Encode + for<'a> Decode<'a>>(value: &T) {
    let json = to_json(value).unwrap();
    let bytes = from_json::<T>(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
    assert_eq!(bytes, value.to_vec().unwrap(), "{json}");
}

#[test]
fn json_reads_what_it_wrote() {
    both_ways(&Narrowed { n: 0x102, mark: Auto::new(), last: 1 });
    both_ways(&Narrowed { n: 0x103, mark: Auto::new(), last: 1 });
    both_ways(&Line { number: 1, text: "hi".into() });
    both_ways(&Evenly { a: 1, b: 2 });
    both_ways(&Masked { flags: 2, extra: Some(1), name: "a".into() });
    both_ways(&Positional(2, vec![1, 2], Auto::new(), vec![3], 4));
    both_ways(&Chosen {
        kind: Kind::Long,
        n: 3,
        first: vec![1, 2],
        second: vec![1, 2, 3],
        third: Some(1),
        last: 2,
    });
}

mod old {
    use framewright::prelude::*;

    #[derive(Frame)]
    #[frame(be, len_prefixed(u16, lenient))]
    pub(super) struct Lenient {
        pub(super) a: u8,
    }

    #[derive(Frame)]
    #[frame(be, tag = u8)]
    pub(super) enum Open {
        #[tag(1)]
        One,
        #[tag(_)]
        Other {
            #[tag]
            tag: u8,
            #[rest]
            body: Vec<u8>,
        },
    }

    #[derive(Frame)]
    #[frame(be, tag = u8)]
    pub(super) enum Narrow {
        #[tag(1)]
        One,
        #[tag(_)]
        Other(u8),
    }
}

#[derive(Frame)]
#[frame(be, len_prefixed(u16, lenient))]
struct Lenient {
    a: u8,
    b: u16,
}

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Open {
    #[tag(1)]
    One,
    #[tag(2)]
    Two { x: u16 },
    #[tag(_)]
    Other {
        #[tag]
        tag: u8,
        #[rest]
        body: Vec<u8>,
    },
}

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Narrow {
    #[tag(1)]
    One,
    #[tag(2)]
    Two { x: u16 },
    #[tag(_)]
    Other(u8),
}

#[test]
fn the_comparison_agrees_with_the_old_code() {
    let bytes = Lenient { a: 1, b: 2 }.to_vec().unwrap();
    assert_eq!(old::Lenient::decode(&bytes).unwrap().a, 1);
    let report = Lenient::SCHEMA.compatible_with(old::Lenient::SCHEMA);
    assert!(report.old_reads_new() && !report.new_reads_old(), "{report}");

    let bytes = Open::Two { x: 7 }.to_vec().unwrap();
    assert!(old::Open::decode(&bytes).is_ok());
    let report = Open::SCHEMA.compatible_with(old::Open::SCHEMA);
    assert!(report.old_reads_new() && !report.new_reads_old(), "{report}");

    let bytes = Narrow::Two { x: 7 }.to_vec().unwrap();
    assert!(old::Narrow::decode(&bytes).is_err());
    let report = Narrow::SCHEMA.compatible_with(old::Narrow::SCHEMA);
    assert!(!report.old_reads_new(), "{report}");
    let _ = (Open::One.to_vec(), Narrow::One.to_vec(), Open::Other { tag: 9, body: vec![] }.to_vec());
    let _ = (Narrow::Other(9).to_vec(), old::Open::One.to_vec(), old::Narrow::One.to_vec());
}

mod before {
    #[derive(framewright::Frame)]
    #[frame(be)]
    pub(crate) struct Span {
        #[check(first < 100, "below a hundred")]
        first: u8,
        last: u8,
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, check(first <= last, "in order"))]
struct Span {
    first: u8,
    #[check(last != 7, "not seven")]
    last: u8,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8)]
enum Shape {
    #[tag(1)]
    Square {
        #[check(!side.is_empty(), "some side")]
        #[len_prefixed(u8)]
        side: Vec<u8>,
        #[bits(4)]
        #[check(area > 0, "some area")]
        area: u8,
        #[bits(4)]
        #[pad]
        reserved: Auto,
    },
}

/// Checks that invariants are in the schema.
#[test]
fn invariants_are_in_the_schema() {
    let text = Span::SCHEMA.to_string();
    assert!(
        text.contains("\n  check(last != 7, \"not seven\")\n  check(first <= last, \"in order\")"),
        "{text}"
    );
    let [first, second] = Span::SCHEMA.checks else { panic!("{:?}", Span::SCHEMA.checks) };
    assert_eq!((first.field, first.message, first.condition.text), (Some("last"), "not seven", "last != 7"));
    assert_eq!((second.field, second.condition.text), (None, "first <= last"));
    let json = Span::SCHEMA.json().to_string();
    assert!(json.contains(r#"{"check": "last != 7", "message": "not seven", "field": "last"}"#), "{json}");
    let markdown = Span::SCHEMA.markdown().to_string();
    assert!(
        markdown.contains("- `last`: `last != 7` (not seven)\n- `first <= last` (in order)"),
        "{markdown}"
    );
    let text = Shape::SCHEMA.to_string();
    assert!(
        text.ends_with("check(!side.is_empty(), \"some side\")\n    check(area > 0, \"some area\")"),
        "{text}"
    );
}

/// Checks that invariants are compared, because a stricter declaration may refuse frames of the
/// older one.
#[test]
fn invariants_are_compared() {
    let report = Span::SCHEMA.compatible_with(before::Span::SCHEMA).to_string();
    let words: Vec<_> =
        report.lines().skip(3).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        words,
        [
            r#"check(last != 7, "not seven") is new yes not all"#,
            r#"check(first <= last, "in order") is new yes not all"#,
            r#"check(first < 100, "below a hundred") is gone not all yes"#,
        ]
    );
}

#[derive(Frame, Debug, PartialEq)]
struct Counted {
    #[len_of(body)]
    #[wire(dec)]
    #[until(b":")]
    len: Auto<u16>,
    body: Vec<u8>,
}

/// Checks that a dump shows a length in digits as a number, and its delimiter in a separate row,
/// whether the dump is made by the encoder or from the schema.
#[test]
fn a_length_in_digits_is_a_number() {
    let counted = Counted { len: Auto::new(), body: b"hi".into() };
    let dump = counted.dump().to_string();
    assert!(dump.contains("len        dec       2 = len_of(body)"), "{dump}");
    assert!(dump.contains("len.until"), "{dump}");
    assert_eq!(dump_bytes::<Counted>(b"2:hi").to_string(), dump);
}
