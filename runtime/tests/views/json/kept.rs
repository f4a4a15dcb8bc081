//! Tests of JSON in which a variant keeps its tag. It must be the tag that chooses the variant, however
//! the enclosing frame says it.

use std::fmt::Debug;

use framewright::json::to_json;
use framewright::prelude::*;

use super::structure::refused;
use super::{fails, gives, is};

#[test]
fn a_kept_tag_is_the_one_that_chooses_the_variant() {
    #[derive(Frame, Debug)]
    struct Keeps {
        k: u8,
        #[bits(4)]
        high: i8,
        #[bits(4)]
        low: u8,
        #[tag(k)]
        e: Kept,
        #[tag(high)]
        f: Kept,
        #[tag(k & 7)]
        g: Kept,
        #[count(2)]
        #[each(tag(k))]
        each: Vec<Kept>,
    }

    #[derive(Frame, Debug)]
    enum Kept {
        #[tag(1)]
        One(u8),
        #[tag(_)]
        Other {
            #[tag]
            tag: i16,
            v: u8,
        },
    }

    let other = |tag| Kept::Other { tag, v: 3 };
    let keeps = |e, f, g, each| {
        let each = vec![other(10), other(each)];
        Keeps { k: 10, high: -2, low: 1, e: other(e), f: other(f), g: other(g), each }
    };
    let json = |e: i16, f: i16, g: i16, each: i16| {
        let other = |tag: i16| format!("{{\"Other\": {{\"tag\": {tag}, \"v\": 3}}}}");
        format!(
            "{{\"k\": 10, \"high\": -2, \"low\": 1, \"e\": {}, \"f\": {}, \"g\": {}, \"each\": [{}, {}]}}",
            other(e),
            other(f),
            other(g),
            other(10),
            other(each)
        )
    };
    let good = keeps(10, -2, 2, 10);
    shows(&good, &json(10, -2, 2, 10));
    for ([e, f, g, each], place) in [
        ([8, -2, 2, 10], "e.Other.tag: expected 10, found 8"),
        ([10, 14, 2, 10], "f.Other.tag: expected -2, found 14"),
        ([10, -2, 3, 10], "g.Other.tag: expected 2, found 3"),
        ([10, -2, 2, 7], "each[1].Other.tag: expected 10, found 7"),
    ] {
        refused(&keeps(e, f, g, each), &json(e, f, g, each), &format!("Keeps.{place}"));
    }
}

#[derive(Frame, Clone, Debug)]
enum Kept {
    #[tag(1)]
    One(u8),
    #[tag(_)]
    Other {
        #[tag]
        tag: u8,
        v: u8,
    },
}

fn shown(tag: u8) -> String {
    format!(r#"{{"Other": {{"tag": {tag}, "v": 3}}}}"#)
}

/// Checks that the JSON of the value is `json` but for its line breaks, and that `json` gives the
/// value.
#[track_caller]
fn shows<T: OwnedFrame + Debug>(value: &T, json: &str) {
    let squeezed = |json: &str| json.split_whitespace().collect::<String>();
    assert_eq!(squeezed(&to_json(value).unwrap()), squeezed(json));
    gives(json, value);
}

fn other(tag: u8) -> Kept {
    Kept::Other { tag, v: 3 }
}

/// Checks that `value(good)` has the JSON `json`, in which `T` stands for the tag, and that the JSON
/// with the tag `bad` is refused at `place`.
#[track_caller]
fn keeps<T: OwnedFrame + Debug>(value: impl Fn(u8) -> T, json: &str, [good, bad]: [u8; 2], place: &str) {
    let json = |tag: u8| json.replace('T', &shown(tag));
    shows(&value(good), &json(good));
    refused(&value(bad), &json(bad), &format!("{place}.Other.tag: expected {good}, found {bad}"));
}

#[test]
fn bytes_choose_the_variant() {
    #[derive(Frame, Debug)]
    struct Words {
        word: [u8; 2],
        #[tag(word)]
        e: Word,
        #[tag(*b"ab")]
        f: Word,
    }

    #[derive(Frame, Debug)]
    enum Word {
        #[tag(b"ON")]
        On(u8),
        #[tag(_)]
        Other {
            #[tag]
            tag: [u8; 2],
            v: u8,
        },
    }

    let words = |e: &[u8; 2], f: &[u8; 2]| {
        let other = |tag: &[u8; 2]| Word::Other { tag: *tag, v: 3 };
        Words { word: *b"no", e: other(e), f: other(f) }
    };
    let json = |e: &str, f: &str| {
        let other = |tag: &str| format!(r#"{{"Other": {{"tag": "{tag}", "v": 3}}}}"#);
        format!(r#"{{"word": "0x6e6f", "e": {}, "f": {}}}"#, other(e), other(f))
    };
    let good = words(b"no", b"ab");
    shows(&good, &json("0x6e6f", "0x6162"));
    refused(
        &words(b"xx", b"ab"),
        &json("0x7878", "0x6162"),
        r#"Words.e.Other.tag: expected "0x6e6f", found "0x7878""#,
    );
    refused(
        &words(b"no", b"xx"),
        &json("0x6e6f", "0x7878"),
        r#"Words.f.Other.tag: expected "0x6162", found "0x7878""#,
    );
}

#[test]
fn the_context_chooses_the_variant() {
    #[derive(Frame, Debug)]
    struct Hidden {
        k: u8,
        #[count_prefixed(u8)]
        #[each(tag(k), len_prefixed(u8))]
        list: Vec<Kept>,
    }

    keeps(
        |tag| Hidden { k: 9, list: vec![other(9), other(tag)] },
        r#"{"k": 9, "list": [{"Other": {"tag": 9, "v": 3}}, T]}"#,
        [9, 7],
        "Hidden.list[1].0",
    );

    #[derive(Frame, Debug)]
    struct Handed {
        k: u8,
        #[ctx(k)]
        i: In,
    }

    #[derive(Frame, Debug)]
    #[frame(ctx(k: u8))]
    struct In(#[tag(k)] Kept);

    keeps(|tag| Handed { k: 9, i: In(other(tag)) }, r#"{"k": 9, "i": T}"#, [9, 7], "Handed.i.0");

    #[derive(Frame, Debug)]
    struct Elements {
        tags: [u8; 2],
        #[each(k in tags, ctx(k))]
        list: Vec<In>,
    }

    keeps(
        |tag| Elements { tags: [9, 8], list: vec![In(other(9)), In(other(tag))] },
        r#"{"tags": "0x0908", "list": [{"Other": {"tag": 9, "v": 3}}, T]}"#,
        [8, 9],
        "Elements.list[1].0.0",
    );
}

#[test]
fn an_auto_chooses_the_variant() {
    #[derive(Frame, Debug)]
    struct Counts {
        #[count_of(v)]
        n: Auto<u8>,
        v: Vec<u8>,
        #[tag(n)]
        e: Kept,
    }

    keeps(
        |tag| Counts { n: Auto::new(), v: vec![5, 5], e: other(tag) },
        r#"{"v": "0x0505", "e": T}"#,
        [2, 7],
        "Counts.e",
    );

    #[derive(Frame, Debug)]
    #[frame(be)]
    struct Lengths {
        #[len_of(v)]
        n: Auto<u8>,
        v: Vec<u16>,
        #[calc(twice(n))]
        calc: Auto<u8>,
        #[tag(n)]
        e: Kept,
        #[tag(calc)]
        f: Kept,
    }

    let lengths = |e, f| Lengths { n: Auto::new(), v: vec![5], calc: Auto::new(), e: other(e), f: other(f) };
    let json = |e: &str, f: &str| format!(r#"{{"v": [5], "e": {e}, "f": {f}, "calc": 4}}"#);
    let [two, four] = [2, 4].map(shown);
    keeps(|tag| lengths(tag, 4), &json("T", &four), [2, 7], "Lengths.e");
    keeps(|tag| lengths(2, tag), &json(&two, "T"), [4, 7], "Lengths.f");
}

fn twice(k: u8) -> u8 {
    k * 2
}

#[test]
fn rust_code_chooses_the_variant() {
    #[derive(Frame, Debug)]
    struct Called<T> {
        k: u8,
        #[tag(twice(k))]
        e: Kept,
        #[presence_of(o)]
        there: Auto<u8>,
        #[tag(twice(k))]
        o: Option<Kept>,
        pair: (u8, T),
    }

    #[derive(Frame, Debug)]
    struct Inner {
        is_odd: bool,
        #[tag(is_odd)]
        e: Kept,
    }

    let json = |e: &str, o: &str, inner: &str| {
        format!(r#"{{"k": 5, "e": {e}, "o": {o}, "pair": [1, {{"is_odd": false, "e": {inner}}}]}}"#)
    };
    let rest = |e, o, inner| Called {
        k: 5,
        e,
        there: Auto::new(),
        o: Some(o),
        pair: (1, Inner { is_odd: false, e: inner }),
    };
    let [ten, zero] = [10, 0].map(shown);
    keeps(|tag| rest(other(tag), other(10), other(0)), &json("T", &ten, &zero), [10, 7], "Called.e");
    keeps(|tag| rest(other(10), other(tag), other(0)), &json(&ten, "T", &zero), [10, 7], "Called.o");
    keeps(|tag| rest(other(10), other(10), other(tag)), &json(&ten, &ten, "T"), [0, 7], "Called.pair[1].e");
}

/// JSON has no form for a tag that is a tuple, so it shows `null`, which every tag may be.
#[test]
fn a_tuple_chooses_the_variant() {
    #[derive(Frame, Debug)]
    struct Tuples {
        a: u8,
        b: u8,
        #[tag((a, b))]
        e: Pairs,
        #[tag(a)]
        f: Kept,
    }

    #[derive(Frame, Debug)]
    enum Pairs {
        #[tag((1, 2))]
        One,
        #[tag((_, 0..=9))]
        Some {
            #[tag]
            tag: (u8, u8),
        },
        #[tag(_)]
        Other,
    }

    shows(
        &Tuples { a: 5, b: 6, e: Pairs::Some { tag: (5, 6) }, f: other(5) },
        r#"{"a": 5, "b": 6, "e": {"Some": {"tag": null}}, "f": {"Other": {"tag": 5, "v": 3}}}"#,
    );
    gives(
        r#"{"a": 5, "b": 6, "e": {"Some": {"tag": null}}, "f": {"Other": {"tag": null, "v": 3}}}"#,
        &Tuples { a: 5, b: 6, e: Pairs::Some { tag: (5, 6) }, f: other(5) },
    );
}

/// A tag that is a tuple has no form in JSON.
#[test]
fn a_tuple_that_is_kept_is_not_in_the_json() {
    #[derive(Frame, Debug)]
    struct Tuples {
        a: u8,
        b: u8,
        #[tag((a, b))]
        e: Pairs,
    }

    #[derive(Frame, Debug)]
    enum Pairs {
        #[tag((1, 2))]
        One,
        #[tag(_)]
        Other {
            #[tag]
            tag: (u8, u8),
            v: u8,
        },
    }

    let value = Tuples { a: 5, b: 6, e: Pairs::Other { tag: (5, 6), v: 3 } };
    shows(&value, r#"{"a": 5, "b": 6, "e": {"Other": {"tag": null, "v": 3}}}"#);
    let other = r#"{"a": 5, "b": 6, "e": {"Other": {"tag": 77, "v": 3}}}"#;
    fails::<Tuples>(
        other,
        "Tuples.e.Other.tag: expected null, found 77: its bytes are those of another value",
    );
}

/// A tag of the type itself is in the bytes, whichever type it has.
#[test]
fn the_type_itself_chooses_the_variant() {
    #[derive(Frame, Debug)]
    #[frame(tag = [u8; 2])]
    enum Word {
        #[tag(_)]
        Other {
            #[tag]
            tag: [u8; 2],
            v: u8,
        },
    }

    is(&Word::Other { tag: *b"no", v: 3 }, r#"{"Other": {"tag": "0x6e6f", "v": 3}}"#);
}
