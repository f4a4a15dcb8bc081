//! Text: encodings, delimiters, and padding.

use framewright::prelude::*;

use super::{holds, sample};

/// Texts in several encodings. Shift JIS and code page 437 are not supported, so they are bytes.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Encodings {
    #[len_prefixed(u16)]
    #[text(ascii)]
    ascii: String,
    #[len_prefixed(u16)]
    utf8: String,
    #[len_prefixed(u16)]
    shift_jis: Vec<u8>,
    #[len_prefixed(u16)]
    code_page_437: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Wide {
    #[len_prefixed(u32)]
    #[text(utf16be)]
    big: String,
    #[len_prefixed(u32)]
    #[text(utf16le)]
    little: String,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Pound(#[len_prefixed(u16)] String);

#[test]
fn encodings() {
    let encodings = Encodings {
        ascii: "Some ASCII".into(),
        utf8: "こんにちは".into(),
        shift_jis: b"\x82\xb1\x82\xf1\x82\xc9\x82\xbf\x82\xcd".to_vec(),
        code_page_437: b"\xb0\xb1\xb2".to_vec(),
    };
    holds(sample!("str_encodings"), encodings);
    // The byte order mark is part of the text.
    let text = String::from("\u{feff}こんにちは");
    holds(sample!("str_encodings_utf16"), Wide { big: text.clone(), little: text });
    holds(sample!("str_literals_latin1"), Pound("£".into()));
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Places {
    #[fixed(20, fill = b'@')]
    filled: String,
    #[fixed(20, until = b'@', fill = b'+')]
    ended: String,
    #[fixed(20, until = b'@', fill = b'+')]
    both: String,
    #[fixed(20, until = b'@', fill = b'.')]
    other: String,
}

#[test]
fn padded_fields() {
    let places = |texts: [&str; 4]| {
        let [filled, ended, both, other] = texts.map(String::from);
        Places { filled, ended, both, other }
    };
    holds(sample!("str_pad_term"), places(["str1", "str2foo", "str+++3bar+++", "str4baz"]));
    // The bytes after the delimiter are ignored.
    let empty = Places::decode(sample!("str_pad_term_empty")).unwrap();
    assert_eq!(empty, places(["", "", "", ""]));
    holds(&empty.to_vec().unwrap(), empty);
}

/// Fixed-size fields with UTF-16 text. The last one has an odd size, so it is bytes.
#[derive(Frame, Debug, PartialEq, Clone)]
struct WidePlaces {
    #[fixed(10, until = 0)]
    #[text(utf16le)]
    first: String,
    #[fixed(10, until = 0)]
    #[text(utf16le)]
    second: String,
    #[fixed(9, fill = b'+')]
    third: Vec<u8>,
}

#[test]
fn padded_fields_of_utf_16() {
    let places = WidePlaces::decode(sample!("str_pad_term_utf16")).unwrap();
    let wide =
        WidePlaces { first: "a\u{200}b".into(), second: "c\u{200}d".into(), third: b"e\0\0\x02f\0".to_vec() };
    assert_eq!(places, wide);
    holds(&places.to_vec().unwrap(), places);
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Ended {
    #[until(b"|")]
    consumed: String,
    #[until(b"|", left)]
    left: String,
    #[until(b"@")]
    last: String,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct WideEnded {
    #[until(0)]
    #[text(utf16)]
    first: String,
    #[until(0)]
    #[text(utf16)]
    second: String,
    #[until(0)]
    #[text(utf16)]
    third: String,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Several(
    #[count_prefixed(u32)]
    #[each(until(0))]
    Vec<String>,
);

#[test]
fn delimiters() {
    holds(sample!("term_strz"), Ended { consumed: "foo".into(), left: "bar".into(), last: "|baz".into() });
    let wide = WideEnded { first: "a\u{200}b".into(), second: "c\u{200}d".into(), third: "e\u{200}f".into() };
    holds(sample!("term_strz_utf16"), wide);
    holds(sample!("repeat_n_strz"), Several(vec!["foo".into(), "bar".into()]));
}
