//! Checks samples with `testing::laws`, and by a round trip through JSON.

use std::fmt::Debug;

use framewright::prelude::*;

/// Checks that the samples satisfy `testing::laws`, and that their JSON encodes to the same bytes.
#[track_caller]
pub(crate) fn laws<T: OwnedFrame + PartialEq + Debug>(samples: impl IntoIterator<Item = T>) {
    let samples: Vec<T> = samples.into_iter().collect();
    assert!(!samples.is_empty());
    #[cfg(feature = "json")]
    for sample in &samples {
        let json = framewright::json::to_json(sample).unwrap();
        match framewright::json::from_json::<T>(&json) {
            Ok(bytes) => assert_eq!(bytes, sample.to_vec().unwrap(), "{json}"),
            Err(error) => panic!("{error}\n{json}\n{}", sample.dump()),
        }
    }
    #[cfg(feature = "testing")]
    framewright::testing::laws(samples);
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Sizes {
    #[count_of(list)]
    count: Auto<u8>,
    #[len_of(text)]
    len: Auto<u8>,
    #[wire(bytes(count))]
    by_count: u32,
    #[wire(bytes(len))]
    by_len: i32,
    #[count_of(list)]
    #[bits(4)]
    again: Auto<u8>,
    #[bits(4)]
    rest: u8,
    #[wire(bytes(again))]
    by_bits: u32,
    #[count_prefixed(u8)]
    #[wire(bytes(count))]
    items: Vec<u32>,
    #[wire(bytes(count))]
    list: Vec<u32>,
    text: String,
    #[ctx(count, len)]
    inside: Inside,
    #[len_prefixed(u8)]
    #[ctx(count, len)]
    several: Vec<Inside>,
    #[presence_of(extra)]
    flag: Auto<u8>,
    #[wire(bytes(flag))]
    by_flag: u8,
    extra: Option<u8>,
    #[wire(bytes(count + len))]
    by_both: u64,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, ctx(count: u8, len: u8))]
struct Inside {
    #[wire(bytes(count))]
    first: u32,
    #[len(len + 2, until = 0)]
    place: Vec<u8>,
    #[count_prefixed(u8)]
    #[each(wire(bytes(len)))]
    list: Vec<u64>,
    #[count_of(bytes)]
    own: Auto<u8>,
    #[wire(bytes(own))]
    by_own: u64,
    bytes: Vec<u8>,
}

/// What an `Auto` counts decides how many bytes other values have, also in nested frames.
#[test]
fn sizes_that_depend_on_an_auto() {
    let inside = |first| Inside {
        first,
        place: vec![9],
        list: vec![0, 200],
        own: Auto::new(),
        by_own: 3,
        bytes: vec![4],
    };
    let sizes = |list: Vec<u32>, text: &str, several: usize| Sizes {
        count: Auto::new(),
        len: Auto::new(),
        by_count: 200,
        by_len: -2,
        again: Auto::new(),
        rest: 1,
        by_bits: 5,
        items: vec![7, 8],
        list,
        text: text.into(),
        inside: inside(200),
        several: vec![inside(1); several],
        flag: Auto::new(),
        by_flag: 7,
        extra: Some(1),
        by_both: 300,
    };
    // With numbers of full size the 25 frames would not fit their prefix.
    laws([sizes(vec![300, 1], "abc", 2), sizes(vec![7], "x", 25)]);
}

#[derive(Frame, Debug, PartialEq)]
#[frame(tag = u8)]
enum Ended {
    #[tag(1)]
    Words {
        #[until(b" ", between)]
        word: String,
        #[rest]
        rest: String,
    },
}

/// The delimiter before an empty value is not written. The value is there all the same.
#[test]
fn an_empty_value_behind_a_delimiter() {
    let words = |word: &str, rest: &str| Ended::Words { word: word.into(), rest: rest.into() };
    laws([words("a", "b c"), words("a", ""), words("", "")]);
    let dump = words("a", "").dump().to_string();
    assert!(dump.contains("rest") && dump.contains("0 bytes"), "{dump}");
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, ctx(width: u8))]
struct Wide {
    #[wire(bytes(width))]
    number: u32,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, ctx(key: &[u8], width: u8))]
enum Body {
    #[tag(1)]
    Keyed {
        number: u16,
        #[len(key.len())]
        mask: Vec<u8>,
        #[pad(width)]
        pad: Auto,
    },
    #[tag(2)]
    Empty,
}

/// Each value depends on an `Auto` that depends on the value before it.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Chain {
    #[len_prefixed(u8)]
    key: Vec<u8>,
    #[count_of(list)]
    width: Auto<u8>,
    #[len_of(wide)]
    len: Auto<u8>,
    #[calc(width + 1)]
    next: Auto<u8>,
    #[tag_of(body)]
    tag: Auto<u8>,
    list: Vec<u16>,
    #[ctx(width)]
    wide: Wide,
    #[wire(bytes(len))]
    by_len: u64,
    #[len(len + 1, until = 0)]
    place: Vec<u8>,
    #[wire(bytes(next))]
    by_calc: u32,
    #[ctx(next)]
    wider: Wide,
    #[ctx(key, width)]
    body: Body,
    #[pad(width)]
    pad: Auto,
    last: u8,
}

#[test]
fn values_that_depend_on_each_other() {
    let body = Body::Keyed { number: 7, mask: vec![9], pad: Auto::new() };
    laws([Chain {
        key: vec![1],
        width: Auto::new(),
        len: Auto::new(),
        next: Auto::new(),
        tag: Auto::new(),
        list: vec![1, 2],
        wide: Wide { number: 5 },
        by_len: 9,
        place: vec![7],
        by_calc: 3,
        wider: Wide { number: 4 },
        body,
        pad: Auto::new(),
        last: 8,
    }]);
}

/// The first cause is reported, not what follows from it.
#[cfg(feature = "json")]
#[test]
fn errors_in_values_that_depend_on_an_auto() {
    let good = r#"{"key": "0x01", "next": 3, "list": [1, 2], "wide": {"number": 5}, "by_len": 9, "place": "0x07", "by_calc": 3, "wider": {"number": 4},
        "body": {"Keyed": {"number": 7, "mask": "0x09"}}, "last": 8}"#;
    let bytes = framewright::json::from_json::<Chain>(good).unwrap();
    assert_eq!(Chain::decode(&bytes).unwrap().last, 8);
    for (from, to, why) in [
        ("Keyed", "Other", "Chain.body: unknown variant `Other`"),
        ("\"number\": 7", "\"number\": 70000", "Chain.body.Keyed.number: expected an integer"),
        ("{\"number\": 4}", "{\"number\": \"oops\"}", "Chain.wider.number: expected an integer"),
        ("{\"number\": 5}", "{\"number\": 70000}", "Chain.wide.number: expected an integer of 2 bytes"),
        ("\"by_len\": 9", "\"by_len\": 70000", "Chain.by_len: expected an integer of 2 bytes"),
    ] {
        let error = framewright::json::from_json::<Chain>(&good.replace(from, to)).unwrap_err().to_string();
        assert!(error.starts_with(why), "{error}");
    }
}
