//! Tests of `text(..)`: text in encodings other than UTF-8, with every extent.

use super::{refused, round, samples_of, unwritable};
use framewright::prelude::*;
use std::sync::Arc;

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Names {
    #[text(ascii)]
    #[len_prefixed(u8)]
    ascii: String,
    #[text(latin1)]
    #[until(b"\r\n" | b"\n")]
    line: Box<str>,
    #[text(latin1)]
    #[fixed(6, fill = b' ')]
    padded: Arc<str>,
    #[text(utf16)]
    #[len_prefixed(u16)]
    wide: String,
    #[text(utf16be)]
    #[fixed(8)]
    fixed: String,
    #[text(utf16le)]
    #[fixed(8, until = 0)]
    place: String,
    #[text(utf16)]
    #[until(0)]
    zero: String,
    #[text(utf16)]
    #[until(b"\r\n" | b"\n")]
    either: String,
    #[text(utf16be)]
    #[until(b"\0;")]
    raw: String,
    #[count_prefixed(u8)]
    #[text(latin1)]
    #[each(len_prefixed(u8))]
    list: Vec<String>,
    #[until(b"\n")]
    #[separated(b",")]
    #[text(ascii)]
    words: Vec<String>,
    #[optional]
    #[text(utf16)]
    #[rest]
    rest: Option<String>,
}

fn names() -> Names {
    Names {
        ascii: "abc".into(),
        line: "café".into(),
        padded: "ÿ a".into(),
        wide: "é😀".into(),
        fixed: "ab".into(),
        place: "\u{100}a".into(),
        zero: "a\u{100}\u{1}".into(),
        either: "x\u{0d0a}".into(),
        raw: "\u{3b00}".into(),
        list: vec!["é".into(), String::new()],
        words: vec!["a".into(), "b".into()],
        rest: Some("z".into()),
    }
}

const BYTES: &[u8] =
    b"\x03abccaf\xe9\r\n\xff a   \x06\0\xe9\0\x3d\xd8\0\xde\0a\0b\0\0\0\0\x00\x01a\0\0\0\0\0\
    a\0\x00\x01\x01\0\0\0x\0\x0a\x0d\r\0\n\0\x3b\0\0;\x02\x01\xe9\x00a,b\nz\0";

#[test]
fn text_stands_in_its_encoding() {
    round(names(), BYTES);
    samples_of::<Names>();
    let dump = names().dump().to_string();
    assert!(dump.contains("\"é😀\"") && dump.contains("utf16le"), "{dump}");
    let (lua, ksy) = (Names::SCHEMA.wireshark(7).to_string(), Names::SCHEMA.kaitai().to_string());
    assert!(
        lua.contains("encoded(ENC_UTF_16 + ENC_BIG_ENDIAN, 2)") && lua.contains("local function encoded")
    );
    assert!(lua.contains("stopped({ \"\\000\\000\" }, 2, encoded("), "{lua}");
    assert!(ksy.contains("encoding: ASCII"), "{ksy}");
    let text = Names::SCHEMA.to_string();
    assert!(text.contains("latin1, until(\"\\r\\n\" | \"\\n\")"), "{text}");
}

#[test]
fn text_in_another_encoding_is_refused_at_its_position() {
    assert!(
        refused::<Names>(b"\x02a\xc3").starts_with("Names.ascii at byte 2: expected a character of ASCII")
    );
    #[derive(Frame, Debug)]
    struct Wide(
        #[text(utf16be)]
        #[rest]
        String,
    );
    assert!(
        refused::<Wide>(b"\0a\0")
            .starts_with("Wide.0 at byte 2: expected code units of two bytes, found 3 bytes")
    );
    let lone = refused::<Wide>(b"\0a\xd8\x3d\0a");
    assert!(
        lone.starts_with("Wide.0 at byte 2: expected a character of UTF-16, found the lone surrogate 0xd83d"),
        "{lone}"
    );
}

#[test]
fn characters_missing_in_an_encoding_are_refused() {
    let says = |names: Names| unwritable(names);
    assert_eq!(
        says(Names { ascii: "é".into(), ..names() }),
        "Names.ascii: expected text in ascii, found 'é'"
    );
    assert_eq!(says(Names { line: "✓".into(), ..names() }), "Names.line: expected text in latin1, found '✓'");
    assert!(says(Names { zero: "a\0".into(), ..names() }).contains("delimiter"));
    assert!(says(Names { either: "a\r\n".into(), ..names() }).contains("delimiter"));
    assert!(says(Names { fixed: "a\0".into(), ..names() }).contains("fill"));
    assert_eq!(
        says(Names { fixed: "abcde".into(), ..names() }),
        "Names.fixed: 10 bytes do not fit: at most 8"
    );
    assert!(says(Names { place: "a\0b".into(), ..names() }).contains("delimiter"));
}

/// Checks that the walk over a partial frame finds a delimiter only at the start of a code unit.
#[test]
fn a_delimiter_across_code_units_is_not_found() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Line {
        kind: u8,
        #[text(utf16)]
        #[until(0)]
        text: String,
        last: u8,
    }
    let line = Line { kind: 1, text: "\u{100}\u{1}\u{200}".into(), last: 7 };
    round(line, b"\x01\x01\0\0\x01\x02\0\0\0\x07");
}

mod old {
    #[derive(framewright::Frame)]
    pub(crate) struct Text(
        #[text(ascii)]
        #[rest]
        String,
    );
}

#[test]
fn another_encoding_is_another_text() {
    #[derive(Frame)]
    struct Text(
        #[text(utf16be)]
        #[rest]
        String,
    );
    assert!(Text::SCHEMA.compatible_with(old::Text::SCHEMA).to_string().contains("ascii has become utf16be"));
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Placed {
    size: u8,
    #[text(utf16)]
    #[len(size, until = 0)]
    text: String,
}

#[test]
fn a_fixed_size_is_a_multiple_of_the_code_unit() {
    round(Placed { size: 6, text: "a".into() }, b"\x06a\0\0\0\0\0");
    round(Placed { size: 4, text: "ab".into() }, b"\x04a\0b\0");
    // Five bytes cannot be padded UTF-16 text, because a code unit has two bytes.
    assert!(refused::<Placed>(b"\x05a\0\0\0\0").starts_with("Placed.text at byte "));
    assert!(unwritable(Placed { size: 5, text: "a".into() }).starts_with("Placed.text: "));
    samples_of::<Placed>();
}
