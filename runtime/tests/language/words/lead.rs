//! Tests of `lead`: a value is present exactly if the next bytes are its lead.

use super::{refused, round, samples_of, unwritable};
use framewright::prelude::*;

#[derive(Frame, Debug, PartialEq, Clone)]
struct Line {
    #[lead(b"@")]
    #[until(b" ")]
    tags: Option<String>,
    #[lead(MARK)]
    #[len_prefixed(u8)]
    source: Option<String>,
    kind: u8,
    #[until(b"\n")]
    text: String,
    #[lead(b"#!")]
    number: Option<u8>,
}

const MARK: &[u8; 2] = b"::";

#[test]
fn a_value_is_present_if_the_bytes_begin_with_its_lead() {
    let line = Line {
        tags: Some("a=b".into()),
        source: Some("me".into()),
        kind: 7,
        text: "x".into(),
        number: Some(9),
    };
    round(line.clone(), b"@a=b ::\x02me\x07x\n#!\x09");
    round(Line { tags: None, ..line.clone() }, b"::\x02me\x07x\n#!\x09");
    round(Line { source: None, number: None, ..line.clone() }, b"@a=b \x07x\n");
    round(Line { tags: None, source: None, number: None, kind: b':', text: "y".into() }, b":y\n");
    samples_of::<Line>();
    let dump = line.dump().to_string();
    assert!(dump.contains("tags.lead") && dump.contains("source.lead"), "{dump}");
    let text = Line::SCHEMA.to_string();
    assert!(text.contains("lead(\"@\")"), "{text}");
    assert!(Line::SCHEMA.wireshark(7).to_string().contains("leads(s, \"::\")"));
    assert!(Line::SCHEMA.kaitai().to_string().contains("Kaitai cannot express: lead"));
    assert!(Line::SCHEMA.markdown().to_string().contains("preceded by"));
    let json = Line::SCHEMA.json().to_string();
    assert!(json.contains("\"lead\""), "{json}");
}

#[test]
fn the_bytes_after_an_absent_value_must_not_begin_with_its_lead() {
    let line = Line { tags: None, source: None, kind: b'@', text: "x y".into(), number: None };
    assert_eq!(
        unwritable(line.clone()),
        "Line.tags: the field is absent, but the bytes after it begin with \"@\", so it would be decoded as present"
    );
    assert!(
        unwritable(Line { tags: Some("t".into()), kind: b':', text: ":".into(), ..line })
            .contains("Line.source")
    );
    assert!(refused::<Line>(b"@abc").contains("Line.tags"));
    assert!(refused::<Line>(b"\x07x\n#?").contains("2 bytes"));
}

#[test]
fn a_partial_lead_is_incomplete() {
    let needs = |bytes: &[u8]| matches!(Line::parse(bytes), Err(nom::Err::Incomplete(_)));
    assert!(needs(b"") && needs(b"@a") && needs(b":") && needs(b"::") && needs(b"\x07x\n#"));
    let (rest, line) = Line::parse(b"\x07x\n@").unwrap();
    assert_eq!((rest, line.number), (&b"@"[..], None));
}

/// Checks a delimiter between an optional value and the next value.
#[test]
fn a_delimiter_stands_behind_a_value_that_may_be_absent() {
    #[derive(Frame, Debug, PartialEq, Clone)]
    #[frame(until(b"\n"))]
    struct Words {
        flag: bool,
        #[lead(b"#")]
        #[until(b" ", between)]
        first: Option<String>,
        #[when(flag)]
        #[until(b" ", between)]
        second: Option<String>,
        #[rest]
        third: String,
    }
    let words = |flag, first: Option<&str>, second: Option<&str>, third: &str| Words {
        flag,
        first: first.map(String::from),
        second: second.map(String::from),
        third: third.into(),
    };
    round(words(true, Some("a"), Some("b"), "c"), b"\x01#a b c\n");
    round(words(true, Some("a"), Some("b"), ""), b"\x01#a b\n");
    round(words(false, Some("a"), None, ""), b"\0#a\n");
    round(words(false, Some("a"), None, "c"), b"\0#a c\n");
}

mod old {
    #[derive(framewright::Frame)]
    pub(crate) struct Line {
        pub(crate) kind: u8,
    }
}

#[test]
fn a_new_optional_value_is_compared() {
    #[derive(Frame)]
    struct Line {
        #[lead(b"@")]
        #[until(b" ")]
        tags: Option<String>,
        kind: u8,
    }
    let report = Line::SCHEMA.compatible_with(old::Line::SCHEMA).to_string();
    assert!(report.contains("tags (text, until(\" \"), lead(\"@\")) is new"), "{report}");
}

/// If the input ends within a lead, the field is absent and the next one begins there, since the type may
/// end so. Its length may then say that more is missing than the rest of a value with the field.
#[test]
fn a_length_behind_a_cut_lead_may_ask_for_more() {
    #[derive(Frame, Debug, PartialEq, Clone)]
    #[frame(be)]
    struct Open {
        kind: u8,
        #[lead(b"ab")]
        extra: Option<u16>,
        #[len_of(..)]
        len: Auto<u8>,
    }
    const { assert!(Open::OPEN) };
    let values = [Some(7), None].map(|extra| Open { kind: 1, extra, len: Auto::new() });
    framewright::testing::laws::<Open>(values);
    // `a` would be a length of 97. The rest of the first value is 4 bytes.
    let needed = |bytes: &[u8]| match Open::parse(bytes) {
        Err(nom::Err::Incomplete(nom::Needed::Size(size))) => size.get(),
        other => panic!("{other:?}"),
    };
    assert_eq!(needed(b"\x01a"), 95);
    assert_eq!(needed(b"\x01ab"), 3);
    assert_eq!(needed(b"\x01"), 1);
}
