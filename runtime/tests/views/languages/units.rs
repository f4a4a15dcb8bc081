//! UTF-16 text with delimiters and padding, which are code units at even distances.

use framewright::Order;
use framewright::json::{from_json, to_json};
use framewright::prelude::*;
use framewright::view::dump_bytes;
use serde_json::json;

use super::agree::{agree_where, agree_where_refused};

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
pub(super) struct Wide {
    before: u8,
    #[text(utf16)]
    #[until(0)]
    zero: String,
    #[text(utf16)]
    #[until(b"\r\n" | b"\n")]
    either: String,
    #[text(utf16be)]
    #[until(b"\0;", left)]
    left: String,
    #[magic(b"\0;")]
    semicolon: Auto,
    #[text(utf16be)]
    #[fixed(8)]
    fixed: String,
    #[text(utf16)]
    #[fixed(6, fill = b' ')]
    padded: String,
    #[text(utf16be)]
    #[fixed(8, until = b"\n" | b"\r\n", fill = b'x')]
    place: String,
    size: u8,
    #[text(utf16)]
    #[len(size, until = 0)]
    sized: String,
    #[len_prefixed(u8)]
    names: Names,
    #[text(utf16)]
    #[until(b"\n", optional)]
    last: String,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Names {
    #[text(utf16)]
    #[until(b" ", between)]
    word: String,
    #[text(utf16)]
    #[separated(b"," | b"\r\n")]
    #[rest]
    list: Vec<String>,
}

fn wide() -> Wide {
    Wide {
        before: 1,
        zero: "a\u{100}\u{1}".into(),
        either: "\u{a0d}\u{a00}\rx".into(),
        left: "\u{3b00}\u{100}".into(),
        semicolon: Auto::new(),
        fixed: "\u{100}a".into(),
        padded: "\u{2000}".into(),
        place: "\u{a00}".into(),
        size: 6,
        sized: "\u{1}\u{100}".into(),
        names: Names { word: "\u{2020}".into(), list: ["\u{2c2c}".into(), "\u{d0a}".into()].into() },
        last: "\u{a0a}".into(),
    }
}

pub(super) fn values() -> Vec<Wide> {
    let long = Wide { fixed: "abcd".into(), padded: "é😀".into(), place: "a\u{100}bc".into(), ..wide() };
    let alone = Wide { names: Names { word: "a".into(), list: Vec::new() }, ..wide() };
    [wide(), long, alone].into()
}

/// UTF-16 text in a byte order that is known when the frame is read.
#[derive(Frame, Debug, PartialEq, Clone)]
pub(super) struct Ordered {
    little: bool,
    #[ctx(if little { Order::Little } else { Order::Big })]
    texts: Texts,
    #[ctx(little)]
    chosen: Chosen,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(order = if little { Order::Little } else { Order::Big }, ctx(little: bool))]
struct Chosen {
    #[text(utf16)]
    #[separated(b",")]
    #[len_prefixed(u8)]
    list: Vec<String>,
    #[text(utf16)]
    #[separated(b",")]
    #[len(8)]
    short: Vec<String>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(order = order, ctx(order: Order))]
struct Texts {
    #[text(utf16)]
    #[until(b";" | b"\n")]
    until: String,
    #[text(utf16)]
    #[fixed(6, fill = b' ')]
    padded: String,
    #[text(utf16)]
    #[fixed(6, until = b"\n")]
    place: String,
    #[text(utf16)]
    #[separated(b",")]
    #[len_prefixed(u8)]
    list: Vec<String>,
    #[text(utf16)]
    #[separated(b",")]
    #[len_prefixed(u16, order = Order::Big)]
    own: Vec<String>,
    #[text(utf16)]
    #[separated(b",")]
    #[len(10)]
    rest: Vec<String>,
}

/// The texts consist of the delimiter and the padding of the other byte order.
pub(super) fn ordered() -> Vec<Ordered> {
    let text = |char: char| String::from(char);
    let texts = Texts {
        until: text('\u{3b00}'),
        padded: text('\u{2000}'),
        place: text('\u{a00}'),
        list: [text('\u{2c00}'), text('b')].into(),
        own: [text('c'), text('\u{2c00}')].into(),
        rest: [text('d'), text('\u{2c00}'), text('e')].into(),
    };
    let chosen =
        Chosen { list: [text('f'), text('\u{2c00}')].into(), short: ["gh".into(), text('i')].into() };
    [false, true].map(|little| Ordered { little, texts: texts.clone(), chosen: chosen.clone() }).into()
}

/// Checks that the readers of the schema take the separator in the byte order of the items. The last
/// item ends with the separator of the other order.
#[test]
fn a_separator_is_in_the_order_of_its_items() {
    for mut value in ordered() {
        value.texts.list.reverse();
        let bytes = value.to_vec().unwrap();
        assert_eq!(from_json::<Ordered>(&to_json(&value).unwrap()).unwrap(), bytes);
        // What does not decode is dissected.
        let dump = dump_bytes::<Ordered>(&[&bytes[..], b"\0"].concat()).to_string();
        assert!(dump.contains("texts.list[1]") && !dump.contains("texts.list[2]"), "{dump}");
    }
}

#[test]
fn text_of_code_units_is_refused_where_rust_refuses_it() {
    let bytes = wide().to_vec().unwrap();
    let lone = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] = 0xd8;
        bytes
    };
    let size = bytes.iter().position(|byte| *byte == 6).unwrap();
    let mut odd = bytes.clone();
    odd[size] = 5;
    odd.remove(size + 1);
    let cut = &bytes[..bytes.len() - 1];
    // The high bytes of code units: in the first text, and in `last`.
    agree_where::<Wide>(&[&lone(2), &lone(bytes.len() - 3), &odd, cut]);
}

#[test]
fn text_that_code_units_cannot_say_is_refused_at_its_field() {
    let refused = |change: fn(&mut Wide, String), name: &str, texts: &[&str]| {
        for text in texts {
            let mut value = wide();
            change(&mut value, String::from(*text));
            agree_where_refused(&wide(), &value, json!({name: {"text": text}}));
        }
    };
    refused(|wide, text| wide.zero = text, "zero", &["a\0", "\0a"]);
    refused(|wide, text| wide.either = text, "either", &["a\n", "\r\n"]);
    refused(|wide, text| wide.left = text, "left", &["a;b", ";"]);
    refused(|wide, text| wide.fixed = text, "fixed", &["a\0", "abcde"]);
    refused(|wide, text| wide.padded = text, "padded", &["a ", "abcd"]);
    refused(|wide, text| wide.place = text, "place", &["a\nb", "abcde"]);
    refused(|wide, text| wide.sized = text, "sized", &["a\0b", "abcd"]);
    refused(|wide, text| wide.names.word = text, "names.word", &["a b"]);
    refused(|wide, text| wide.last = text, "last", &["\n"]);
    for item in ["a,", "\r\n"] {
        let mut value = wide();
        value.names.list[1] = item.into();
        agree_where_refused(&wide(), &value, json!({"names.list": value.names.list}));
    }
    for size in [5, 7] {
        agree_where_refused(&wide(), &Wide { size, ..wide() }, json!({"size": size}));
    }
}
