//! Tests of the errors for JSON that does not describe a frame.

use std::fmt::Debug;

use framewright::json::{from_json, to_json};
use framewright::prelude::*;

use super::{Empty, Nested, Raw, fails, gives, nested};

#[test]
fn errors_name_their_place_in_the_json() {
    let json = to_json(&nested(None)).unwrap();
    let with = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        json.replacen(from, to, 1)
    };
    let wrong = [
        ("\"four\": 15", "\"four\": 16", "Nested.four: expected an integer from 0 to 15, found 16"),
        ("\"three\": -4", "\"three\": -5", "Nested.three: expected an integer from -4 to 3, found -5"),
        ("\"flag\": true", "\"flag\": 1", "Nested.flag: expected true or false, found 1"),
        ("\"flag\": true,", "", "Nested.flag: it is missing"),
        ("[3, 4]", "[3, 65536]", "Nested.grid[1][1]: expected an integer from 0 to 65535, found 65536"),
        ("[3, 4]", "[3]", "Nested.grid[1]: expected a list of 2 values, found [3]"),
        ("[3, 4]", "[3, 4.5]", "Nested.grid[1][1]: expected an integer from 0 to 65535, found 4.5"),
        ("0x010203", "0x0102", "Nested.mac: expected 3 bytes, found 2"),
        (
            "0x010203",
            "0x01020",
            "Nested.mac: expected bytes in hex such as \"0x6869\", or {\"text\": \"hi\"}, found \"0x01020\"",
        ),
        (
            "10.0.0.1",
            "10.0.0",
            "Nested.host: expected an IPv4 address such as \"10.0.0.1\", found \"10.0.0\"",
        ),
        (
            "\"None\"",
            "\"Nine\"",
            "Nested.items[0]: unknown variant `Nine`, expected one of `None`, `Pair`, `Kept`, `Other`",
        ),
        (
            "\"None\"",
            "\"Ni\\r\\u202ene\"",
            "Nested.items[0]: unknown variant `Ni\\r\\u{202e}ne`, expected one of `None`, `Pair`, `Kept`, `Other`",
        ),
        ("\"None\"", "\"Pair\"", "Nested.items[0].Pair: expected a list of 2 values, found null"),
        (
            "\"which\": 9",
            "\"which\": 10",
            "Nested.items[2].Kept.which: expected a tag of the variant Kept, found 10",
        ),
        ("\"which\": 9, ", "", "Nested.items[2].Kept.which: it is missing: it keeps the tag"),
        (
            "\"Other\": 77",
            "\"Other\": 1",
            "Nested.items[3].Other.0: expected a tag of the variant Other, found 1",
        ),
        (
            "\"type\": 3",
            "\"typ\": 3",
            "Nested.items[2].Kept: unknown field `typ`, expected one of `which`, `type`",
        ),
        ("\"a\\\"\\n\"", "\"1234567\"", "Nested.code: expected at most 6 bytes, found 7"),
        ("\"list\": null", "\"list\": 1", "Nested.list: expected a list, found 1"),
    ];
    for (from, to, message) in wrong {
        fails::<Nested<Raw>>(&with(from, to), message);
    }
    let syntax = from_json::<Empty>("{").unwrap_err().to_string();
    assert_eq!(syntax, "invalid JSON: EOF while parsing an object at line 1 column 1");
    fails::<Empty>("[]", "Empty: expected an object, found []");
}

/// Removes or replaces each character. This must not panic, and accepted JSON must give bytes that
/// decode.
#[test]
fn damaged_json_never_panics() {
    let json = to_json(&nested(Some(vec![7, 8]))).unwrap();
    let chars: Vec<char> = json.chars().collect();
    let mut accepted = 0;
    for at in 0..chars.len() {
        let (before, behind): (String, String) =
            (chars[..at].iter().collect(), chars[at + 1..].iter().collect());
        for put in ["", "0", "9", "-", "\"", "[", "}", ":", ",", "e", "null", "\\u0000", "ß", "0x"] {
            let damaged = format!("{before}{put}{behind}");
            if let Ok(bytes) = from_json::<Nested<Raw>>(&damaged) {
                assert!(Nested::<Raw>::decode(&bytes).is_ok(), "{damaged}");
                accepted += 1;
            }
        }
    }
    assert!(accepted > 0);
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Tree {
    value: u8,
    #[count_prefixed(u8)]
    children: Vec<Tree>,
}

#[test]
fn nesting_is_bounded_and_size_is_not() {
    let mut tree = Tree { value: 0, children: vec![] };
    for value in 1..=60 {
        tree = Tree { value, children: vec![tree] };
    }
    gives(&to_json(&tree).unwrap(), &tree);
    let deep = "[".repeat(100_000);
    assert!(
        from_json::<Tree>(&deep)
            .unwrap_err()
            .to_string()
            .starts_with("invalid JSON: recursion limit exceeded")
    );
    let large = Raw((0..=255).cycle().take(1 << 20).collect());
    gives(&to_json(&large).unwrap(), &large);
}

#[derive(Frame, Debug)]
struct Two {
    a: u8,
    #[len_of(d)]
    b: Auto<u8>,
    c: u8,
    d: Vec<u8>,
}

#[test]
fn unknown_fields_list_each_field_once() {
    fails::<Two>("{\"a\": 1, \"e\": 2}", "Two: unknown field `e`, expected one of `a`, `c`, `d`, `b`");
}

#[test]
fn errors_show_the_beginning_of_a_long_name_on_one_line() {
    let name = "\u{2028}".repeat(1000);
    let error = from_json::<Nested<Raw>>(&format!("{{\"{name}\": 1}}")).unwrap_err().to_string();
    let shown = "\\u{2028}".repeat(1000);
    assert!(error.starts_with(&format!("Nested: unknown field `{}...`, expected", &shown[..60])), "{error}");
    let error = from_json::<Nested<Raw>>(&format!("[\"{name}\"]")).unwrap_err().to_string();
    assert!(!error.contains('\u{2028}') && error.len() < 1000, "{error}");
}
