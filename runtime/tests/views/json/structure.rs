//! Tests of JSON whose bytes are those of another value: the encoder refuses the value, and so does
//! `from_json`.

use std::fmt::Debug;

use framewright::json::{from_json, to_json};
use framewright::prelude::*;

use super::{fails, gives, is};

/// Checks that the encoder refuses the value, and that its JSON is refused at `place`.
#[track_caller]
pub(super) fn refused<T: OwnedFrame + Debug>(value: &T, json: &str, place: &str) {
    assert!(value.to_vec().is_err(), "{value:?} can be encoded");
    not_given::<T>(json, place);
}

/// Checks that JSON is refused, although its bytes are those of a value.
#[track_caller]
pub(super) fn not_given<T: OwnedFrame + Debug>(json: &str, place: &str) {
    fails::<T>(json, &format!("{place}: its bytes are those of another value"));
}

#[derive(Frame, Debug)]
enum Outside {
    #[tag(0 | 1)]
    X(u8),
    #[tag(2)]
    Y(u8),
    #[tag(3)]
    Unit,
    #[tag(_)]
    Other(u8),
}

#[derive(Frame, Debug)]
struct Chosen {
    k: u8,
    #[tag(k)]
    e: Outside,
}

#[test]
fn a_tag_from_outside_chooses_the_variant() {
    let chosen = |k, e| Chosen { k, e };
    is(&chosen(1, Outside::X(5)), r#"{"k": 1, "e": {"X": 5}}"#);
    is(&chosen(9, Outside::Other(5)), r#"{"k": 9, "e": {"Other": 5}}"#);
    refused(
        &chosen(0, Outside::Other(5)),
        r#"{"k": 0, "e": {"Other": 5}}"#,
        "Chosen.e: expected the variant X, found the variant Other",
    );
    refused(
        &chosen(4, Outside::X(5)),
        r#"{"k": 4, "e": {"X": 5}}"#,
        "Chosen.e: expected the variant Other, found the variant X",
    );
    refused(
        &chosen(1, Outside::Y(5)),
        r#"{"k": 1, "e": {"Y": 5}}"#,
        "Chosen.e: expected the variant X, found the variant Y",
    );

    #[derive(Frame, Debug)]
    struct Deep {
        k: u8,
        #[count_prefixed(u8)]
        list: Vec<Chosen>,
        pair: (u8, Chosen),
        #[when(k == 1)]
        maybe: Option<Box<Chosen>>,
        #[count(2)]
        #[each(tag(k))]
        each: Vec<Outside>,
    }

    let deep = |list, pair, maybe| Deep {
        k: 1,
        list: vec![chosen(0, Outside::X(1)), list],
        pair: (7, pair),
        maybe: Some(Box::new(maybe)),
        each: vec![Outside::X(1), Outside::X(2)],
    };
    let good = || chosen(1, Outside::X(5));
    let json = to_json(&deep(good(), good(), good())).unwrap();
    gives(&json, &deep(good(), good(), good()));
    let last = |json: &str, from: &str, to: &str| {
        let at = json.rfind(from).unwrap();
        format!("{}{to}{}", &json[..at], &json[at + from.len()..])
    };
    let bad = r#"{"k": 1, "e": {"Y": 5}}"#;
    let found = "expected the variant X, found the variant Y";
    let text = r#"{"k": 1, "e": {"X": 5}}"#;
    not_given::<Deep>(&json.replacen(text, bad, 1), &format!("Deep.list[1].e: {found}"));
    not_given::<Deep>(&last(&json, text, bad), &format!("Deep.maybe.e: {found}"));
    let pair = json.replacen(&format!("[7, {text}]"), &format!("[7, {bad}]"), 1);
    not_given::<Deep>(&pair, &format!("Deep.pair[1].e: {found}"));
    let each = last(&json, r#"{"X": 2}"#, r#"{"Y": 2}"#);
    not_given::<Deep>(&each, &format!("Deep.each[1]: {found}"));
}

#[test]
fn tuple_tags_and_ranges_choose_the_variant() {
    #[derive(Frame, Debug)]
    struct Tuple {
        a: u8,
        b: u8,
        #[tag((a, b))]
        t: Both,
        #[tag(a)]
        r: Ranges,
    }

    #[derive(Frame, Debug)]
    enum Both {
        #[tag((1, 2))]
        A(u8),
        #[tag((1, _))]
        B(u8),
        #[tag(_)]
        C(u8),
    }

    #[derive(Frame, Debug)]
    enum Ranges {
        #[tag(1..=9)]
        Low(u8),
        #[tag(10..=19)]
        Mid(u8),
        #[tag(_)]
        High(u8),
    }

    let tuple = |a, b, t, r| Tuple { a, b, t, r };
    is(&tuple(1, 3, Both::B(5), Ranges::Low(6)), r#"{"a": 1, "b": 3, "t": {"B": 5}, "r": {"Low": 6}}"#);
    for (value, json, place) in [
        (
            tuple(1, 2, Both::B(5), Ranges::Low(6)),
            r#"{"a": 1, "b": 2, "t": {"B": 5}, "r": {"Low": 6}}"#,
            "Tuple.t: expected the variant A, found the variant B",
        ),
        (
            tuple(1, 2, Both::C(5), Ranges::Low(6)),
            r#"{"a": 1, "b": 2, "t": {"C": 5}, "r": {"Low": 6}}"#,
            "Tuple.t: expected the variant A, found the variant C",
        ),
        (
            tuple(11, 2, Both::C(5), Ranges::Low(6)),
            r#"{"a": 11, "b": 2, "t": {"C": 5}, "r": {"Low": 6}}"#,
            "Tuple.r: expected the variant Mid, found the variant Low",
        ),
        (
            tuple(11, 2, Both::C(5), Ranges::High(6)),
            r#"{"a": 11, "b": 2, "t": {"C": 5}, "r": {"High": 6}}"#,
            "Tuple.r: expected the variant Mid, found the variant High",
        ),
    ] {
        refused(&value, json, place);
    }
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Absent {
    #[none(0xffff)]
    int: Option<u16>,
    #[none(-1.0)]
    float: Option<f32>,
    #[bits(4)]
    #[none(15)]
    bits: Option<u8>,
    #[bits(4)]
    rest: u8,
}

#[test]
fn the_number_of_an_absent_value_is_not_a_value() {
    let absent = |int, float, bits| Absent { int, float, bits, rest: 1 };
    is(&absent(None, None, None), r#"{"int": null, "float": null, "bits": null, "rest": 1}"#);
    is(&absent(Some(1), Some(1.0), Some(1)), r#"{"int": 1, "float": 1.0, "bits": 1, "rest": 1}"#);
    for (value, json, field) in [
        (absent(Some(0xffff), None, None), r#"{"int": 65535, "rest": 1}"#, "int"),
        (absent(None, Some(-1.0), None), r#"{"float": -1, "rest": 1}"#, "float"),
        (absent(None, None, Some(15)), r#"{"bits": 15, "rest": 1}"#, "bits"),
    ] {
        refused(&value, json, &format!("Absent.{field}: expected null, found a value"));
    }

    #[derive(Frame, Debug)]
    struct Several {
        #[count_prefixed(u8)]
        list: Vec<Absent>,
        pair: (Absent, [Absent; 1], u8),
    }

    let several = |list, first, second| Several {
        list: vec![absent(None, None, None), absent(list, None, None)],
        pair: (absent(first, None, None), [absent(second, None, None)], 7),
    };
    let json = to_json(&several(Some(1), Some(2), Some(3))).unwrap();
    gives(&json, &several(Some(1), Some(2), Some(3)));
    for (number, place) in [(1, "list[1]"), (2, "pair[0]"), (3, "pair[1][0]")] {
        let json = json.replacen(&format!("\"int\": {number}"), "\"int\": 65535", 1);
        not_given::<Several>(&json, &format!("Several.{place}.int: expected null, found a value"));
    }
}

#[derive(Frame, Debug)]
struct Words {
    #[len_prefixed(u8)]
    #[separated(b",")]
    words: Vec<String>,
}

#[derive(Frame, Debug)]
struct Overlapping {
    #[len_prefixed(u8)]
    #[separated(b"aba")]
    words: Vec<Vec<u8>>,
}

#[test]
fn items_of_a_separated_list() {
    let words = |words: &[&str]| Words { words: words.iter().map(|word| String::from(*word)).collect() };
    is(&words(&[]), r#"{"words": []}"#);
    is(&words(&["", ""]), r#"{"words": ["", ""]}"#);
    is(&words(&["a", "", "b"]), r#"{"words": ["a", "", "b"]}"#);
    refused(&words(&[""]), r#"{"words": [""]}"#, "Words.words: expected 0 items, found 1 item");
    fails::<Words>(r#"{"words": ["a", "b,"]}"#, "Words.words[1]: it contains its delimiter \",\"");

    #[derive(Frame, Debug)]
    struct Two(#[count_prefixed(u8)] Vec<Words>);
    refused(
        &Two(vec![words(&["a"]), words(&[""])]),
        r#"[{"words": ["a"]}, {"words": [""]}]"#,
        "Two.0[1].words: expected 0 items, found 1 item",
    );

    // Nothing is behind the last item that would end a separator in it.
    let words = |words: &[&[u8]]| Overlapping { words: words.iter().map(|word| word.to_vec()).collect() };
    is(&words(&[b"c", b"ab"]), r#"{"words": ["0x63", "0x6162"]}"#);
    is(&words(&[b"ab"]), r#"{"words": ["0x6162"]}"#);
    let error = "it contains its delimiter \"aba\"";
    for (json, item) in [(r#"["0x6162", "0x63"]"#, 0), (r#"["0x63", "0x616261"]"#, 1)] {
        fails::<Overlapping>(
            &format!("{{\"words\": {json}}}"),
            &format!("Overlapping.words[{item}]: {error}"),
        );
    }
}

#[test]
fn a_value_that_ends_in_its_padding() {
    #[derive(Frame, Debug)]
    #[frame(be)]
    struct Padded {
        #[fixed(4, fill = b' ')]
        text: String,
        #[fixed(3)]
        bytes: Vec<u8>,
        #[text(utf16)]
        #[fixed(4)]
        wide: String,
        #[count(2)]
        #[each(fixed(2))]
        each: Vec<String>,
        #[fixed(4, fill = 0)]
        numbers: Vec<u16>,
    }

    let padded = |text: &str, bytes: &[u8], wide: &str, each: &str| Padded {
        text: text.into(),
        bytes: bytes.into(),
        wide: wide.into(),
        each: vec!["x".into(), each.into()],
        numbers: vec![1],
    };
    let json = |text: &str, bytes: &str, wide: &str, each: &str| {
        format!(
            "{{\"text\": \"{text}\", \"bytes\": \"{bytes}\", \"wide\": \"{wide}\", \"each\": [\"x\", \"{each}\"], \"numbers\": [1]}}"
        )
    };
    gives(&json("a b", "0x0001", "b", "ab"), &padded("a b", &[0, 1], "b", "ab"));
    let expected = "expected 1 byte, found 2 bytes";
    for (value, json, place) in [
        (padded("a ", &[1], "b", "c"), json("a ", "0x01", "b", "c"), format!("text: {expected}")),
        (padded("a", &[1, 0], "b", "c"), json("a", "0x0100", "b", "c"), format!("bytes: {expected}")),
        (
            padded("a", &[1], "b\0", "c"),
            json("a", "0x01", "b\\u0000", "c"),
            "wide: expected 2 bytes, found 4 bytes".into(),
        ),
        (padded("a", &[1], "b", "c\0"), json("a", "0x01", "b", "c\\u0000"), format!("each[1].0: {expected}")),
        (
            padded("   ", &[1], "b", "c"),
            json("   ", "0x01", "b", "c"),
            "text: expected 0 bytes, found 3 bytes".into(),
        ),
    ] {
        refused(&value, &json, &format!("Padded.{place}"));
    }
}

#[derive(Frame, Debug)]
#[frame(until(b"\n"))]
struct Left {
    #[until(b":", left)]
    a: String,
    #[rest]
    b: Vec<u8>,
}

#[derive(Frame, Debug)]
struct Lead {
    #[lead(b":")]
    #[until(b" ")]
    a: Option<String>,
    #[rest]
    b: String,
}

#[test]
fn fields_that_end_elsewhere() {
    let left = |a: &str, b: &[u8]| Left { a: a.into(), b: b.into() };
    is(&left("a", b":c"), r#"{"a": "a", "b": "0x3a63"}"#);
    refused(
        &left("a", b"b:c"),
        r#"{"a": "a", "b": {"text": "b:c"}}"#,
        "Left.a: expected 2 bytes, found 1 byte",
    );

    let lead = |a: Option<&str>, b: &str| Lead { a: a.map(String::from), b: b.into() };
    is(&lead(Some("x"), ":y z"), r#"{"a": "x", "b": ":y z"}"#);
    is(&lead(None, "x:y"), r#"{"a": null, "b": "x:y"}"#);
    refused(&lead(None, ":x y"), r#"{"a": null, "b": ":x y"}"#, "Lead.a: expected a value, found null");

    #[derive(Frame, Debug)]
    struct Between {
        #[until(b" ", between)]
        a: String,
        #[rest]
        b: String,
    }

    let between = |a: &str, b: &str| Between { a: a.into(), b: b.into() };
    is(&between("a", ""), r#"{"a": "a", "b": ""}"#);
    is(&between("a", "b c"), r#"{"a": "a", "b": "b c"}"#);
}

#[test]
fn lists_that_end_with_an_item() {
    #[derive(Frame, Debug)]
    struct Odd {
        #[until(|n| n % 2 == 1)]
        v: Vec<u8>,
        #[rest]
        z: Vec<u8>,
    }

    is(&Odd { v: vec![2, 1], z: vec![3] }, r#"{"v": "0x0201", "z": "0x03"}"#);
    refused(
        &Odd { v: vec![1, 3], z: vec![] },
        r#"{"v": "0x0103", "z": "0x"}"#,
        "Odd.v: expected 1 byte, found 2 bytes",
    );
    refused(
        &Odd { v: vec![2], z: vec![3] },
        r#"{"v": "0x02", "z": "0x03"}"#,
        "Odd.v: expected 2 bytes, found 1 byte",
    );

    #[derive(Frame, Debug, PartialEq)]
    struct One(u8);

    #[derive(Frame, Debug)]
    struct Dropped {
        #[until(One(0))]
        v: Vec<One>,
        #[lead(b":")]
        #[until(7u8)]
        w: Option<Vec<u8>>,
        #[rest]
        z: Vec<u8>,
    }

    let dropped = |v: &[u8], w: Option<&[u8]>, z: &[u8]| Dropped {
        v: v.iter().map(|n| One(*n)).collect(),
        w: w.map(Vec::from),
        z: z.into(),
    };
    is(&dropped(&[1], Some(&[2]), &[3]), r#"{"v": [1], "w": "0x02", "z": "0x03"}"#);
    is(&dropped(&[], Some(&[]), &[]), r#"{"v": [], "w": "0x", "z": "0x"}"#);
    refused(
        &dropped(&[0], None, &[]),
        r#"{"v": [0], "w": null, "z": "0x"}"#,
        "Dropped.v: expected 0 items, found 1 item",
    );
}

#[test]
fn bytes_of_a_whole_place_may_be_padded() {
    #[derive(Frame, Debug)]
    #[frame(be)]
    struct Padded {
        #[fixed(4, fill = 0)]
        numbers: Vec<u16>,
        #[fixed(3, lenient)]
        inner: Chosen,
        last: u8,
    }
    let json = r#"{"numbers": "0x00010000", "inner": "0x010500", "last": 7}"#;
    assert_eq!(from_json::<Padded>(json).unwrap(), b"\0\x01\0\0\x01\x05\0\x07");
}
