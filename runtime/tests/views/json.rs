//! Tests of values as JSON: the format, round trips, and the errors for JSON that is not a frame.
#![cfg(feature = "json")]

use std::fmt::Debug;

use framewright::checksum::Crc32;
use framewright::json::{from_json, to_json};
use framewright::prelude::*;

/// Checks that the value has this JSON, and that the JSON gives the bytes of the value.
#[track_caller]
fn is<T: OwnedFrame + Debug>(value: &T, json: &str) {
    assert_eq!(to_json(value).unwrap(), json);
    gives(json, value);
}

/// Checks that the JSON gives the bytes of the value.
#[track_caller]
fn gives<T: OwnedFrame + Debug>(json: &str, value: &T) {
    let bytes = from_json::<T>(json).unwrap_or_else(|error| panic!("{error}\n{json}"));
    assert_eq!(bytes, value.to_vec().unwrap(), "{json}");
}

#[track_caller]
fn fails<T: OwnedFrame + Debug>(json: &str, message: &str) {
    assert_eq!(from_json::<T>(json).unwrap_err().to_string(), message);
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Wide {
    a: u64,
    b: i64,
    c: u128,
    d: i128,
    #[wire(varint)]
    e: u128,
    #[wire(zigzag)]
    f: i128,
    #[until(b" ")]
    #[wire(dec)]
    g: i128,
    #[until(b" ")]
    #[wire(hex)]
    h: i64,
    #[wire(u40)]
    i: u64,
    #[wire(quic)]
    j: u64,
}

#[test]
fn no_number_is_rounded() {
    let least = Wide {
        a: 0,
        b: i64::MIN,
        c: 0,
        d: i128::MIN,
        e: 0,
        f: i128::MIN,
        g: i128::MIN,
        h: i64::MIN,
        i: 0,
        j: 0,
    };
    is(
        &least,
        r#"{
  "a": 0,
  "b": -9223372036854775808,
  "c": 0,
  "d": "-170141183460469231731687303715884105728",
  "e": 0,
  "f": "-170141183460469231731687303715884105728",
  "g": "-170141183460469231731687303715884105728",
  "h": -9223372036854775808,
  "i": 0,
  "j": 0
}"#,
    );
    let most = Wide {
        a: u64::MAX,
        b: i64::MAX,
        c: u128::MAX,
        d: i128::MAX,
        e: u128::MAX,
        f: i128::MAX,
        g: i128::MAX,
        h: -1,
        i: (1 << 40) - 1,
        j: (1 << 62) - 1,
    };
    is(
        &most,
        r#"{
  "a": 18446744073709551615,
  "b": 9223372036854775807,
  "c": "340282366920938463463374607431768211455",
  "d": "170141183460469231731687303715884105727",
  "e": "340282366920938463463374607431768211455",
  "f": "170141183460469231731687303715884105727",
  "g": "170141183460469231731687303715884105727",
  "h": -1,
  "i": 1099511627775,
  "j": 4611686018427387903
}"#,
    );
}

#[derive(Frame, Debug)]
#[frame(le)]
struct Floats {
    single: f32,
    double: f64,
}

#[test]
fn floats_keep_every_bit() {
    is(&Floats { single: -0.0, double: 0.1 }, r#"{"single": -0.0, "double": 0.1}"#);
    is(
        &Floats { single: f32::MAX, double: f64::MIN_POSITIVE },
        r#"{"single": 3.4028235e38, "double": 2.2250738585072014e-308}"#,
    );
    is(
        &Floats { single: f32::INFINITY, double: f64::NEG_INFINITY },
        r#"{"single": "inf", "double": "-inf"}"#,
    );
    let odd = Floats { single: f32::from_bits(0x7fc0_0001), double: f64::from_bits(0xfff0_0000_0000_0001) };
    is(&odd, r#"{"single": "0x7fc00001", "double": "0xfff0000000000001"}"#);
    gives(r#"{"single": "NaN", "double": 1}"#, &Floats { single: f32::NAN, double: 1.0 });
    for bits in (0..=u32::MAX).step_by(65_521) {
        let value = Floats { single: f32::from_bits(bits), double: f64::from_bits(u64::from(bits) << 31) };
        gives(&to_json(&value).unwrap(), &value);
    }
    fails::<Floats>(
        r#"{"single": 1e39, "double": 0}"#,
        "Floats.single: expected a number that fits, \"inf\", \"-inf\" or \"NaN\", found 1e+39",
    );
}

#[derive(Frame, Debug)]
struct Empty;

#[derive(Frame, Debug)]
#[frame(be)]
struct Nested<T> {
    #[len_prefixed(u8)]
    maybe: T,
    pair: (u8, bool),
    #[bits(3)]
    three: i8,
    #[bits(1)]
    flag: bool,
    #[bits(4)]
    four: u8,
    grid: [[u16; 2]; 2],
    mac: [u8; 3],
    host: std::net::Ipv4Addr,
    empty: Empty,
    #[count_prefixed(u8)]
    items: Vec<Item>,
    #[fixed(6)]
    code: String,
    #[len_prefixed(i8, none = -1)]
    list: Option<Vec<u16>>,
}

#[derive(Frame, Debug)]
#[frame(be, tag = u8)]
enum Item {
    #[tag(0)]
    None,
    #[tag(1)]
    Pair(u8, u8),
    #[tag(2..=9)]
    Kept {
        #[tag]
        which: u8,
        r#type: u16,
    },
    #[tag(_)]
    Other(u8),
}

#[derive(Frame, Debug)]
struct Raw(#[rest] Vec<u8>);

fn nested(list: Option<Vec<u16>>) -> Nested<Raw> {
    Nested {
        maybe: Raw(vec![0, 0xff]),
        pair: (1, true),
        three: -4,
        flag: true,
        four: 15,
        grid: [[1, 2], [3, 4]],
        mac: [1, 2, 3],
        host: [10, 0, 0, 1].into(),
        empty: Empty,
        items: vec![Item::None, Item::Pair(1, 2), Item::Kept { which: 9, r#type: 3 }, Item::Other(77)],
        code: "a\"\n".into(),
        list,
    }
}

#[test]
fn every_shape_has_one_form() {
    let json = to_json(&nested(None)).unwrap();
    let expected = r#"{
  "maybe": "0x00ff",
  "pair": [1, true],
  "three": -4,
  "flag": true,
  "four": 15,
  "grid": [[1, 2], [3, 4]],
  "mac": "0x010203",
  "host": "10.0.0.1",
  "empty": {},
  "items": ["None", {"Pair": [1, 2]}, {"Kept": {"which": 9, "type": 3}}, {"Other": 77}],
  "code": "a\"\n",
  "list": null
}"#;
    assert_eq!(json, expected);
    gives(&json, &nested(None));
    for list in [Vec::new(), vec![7, 8]] {
        let value = nested(Some(list));
        gives(&to_json(&value).unwrap(), &value);
    }
}

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

#[derive(Frame, Debug)]
#[frame(be)]
struct Computed {
    #[len_of(..)]
    total: Auto<u16>,
    #[calc(u8::try_from(body.len()).unwrap_or(u8::MAX))]
    size: Auto<u8>,
    #[len(size)]
    body: Vec<u8>,
    #[when(size > 1)]
    #[checksum(Crc32, over = body)]
    sum: Auto<u32>,
    #[align(4, fill = 0xee, strict)]
    fill: Auto,
}

#[test]
fn values_that_contradict_the_codec_are_refused() {
    let value = Computed {
        total: Auto::new(),
        size: Auto::new(),
        body: b"abc".to_vec(),
        sum: Auto::new(),
        fill: Auto::new(),
    };
    is(&value, r#"{"body": "0x616263", "size": 3}"#);
    gives(r#"{"body": {"text": "abc"}, "size": 3, "total": 99, "sum": 1}"#, &value);
    fails::<Computed>(
        r#"{"body": "0x616263"}"#,
        "the values do not fit together: Computed.total at byte 4: 4 bytes left over after the value",
    );
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Conditional {
    flags: u8,
    #[when(flags & 1 != 0)]
    extra: Option<u16>,
    #[rest]
    rest: Vec<u8>,
}

#[test]
fn presence_and_condition_must_agree() {
    is(&Conditional { flags: 1, extra: Some(2), rest: vec![] }, r#"{"flags": 1, "extra": 2, "rest": "0x"}"#);
    gives(r#"{"flags": 0, "rest": ""}"#, &Conditional { flags: 0, extra: None, rest: vec![] });
    fails::<Conditional>(
        r#"{"flags": 1, "rest": ""}"#,
        "the values do not fit together: Conditional.extra at byte 1: expected 2 bytes, found 0",
    );
}

const SECOND: i128 = 1 + 1;

#[derive(Frame, Debug)]
#[frame(be)]
struct Constants {
    #[tag_of(body)]
    kind: Auto<u8>,
    #[presence_of(note, some = 0xff, none = 0x0f)]
    has_note: Auto<u8>,
    note: Option<u16>,
    body: Chosen,
}

#[derive(Frame, Debug)]
#[frame(be)]
enum Chosen {
    #[tag(0)]
    First,
    #[tag(SECOND)]
    Second(u16),
}

#[test]
fn constants_are_known_by_their_values() {
    let value = |note, body| Constants { kind: Auto::new(), has_note: Auto::new(), note, body };
    is(&value(Some(7), Chosen::Second(9)), r#"{"note": 7, "body": {"Second": 9}}"#);
    is(&value(None, Chosen::First), r#"{"note": null, "body": "First"}"#);
}

#[derive(Frame, Debug)]
#[frame(be, tag = u8, len_prefixed(u32, inclusive))]
enum Startup {
    #[tag(b'Q')]
    Query {
        #[until(0)]
        sql: String,
    },
}

#[test]
fn a_length_of_the_type_counts_itself() {
    is(&Startup::Query { sql: "select".into() }, r#"{"Query": {"sql": "select"}}"#);
    fails::<Startup>(
        r#"{"Query": {"sql": "a\u0000b"}}"#,
        "Startup.Query.sql: it contains its delimiter \"\\x00\"",
    );
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Parts {
    pair: (u8, Raw2),
    #[count_prefixed(u8)]
    pairs: Vec<(u8, Raw2)>,
    lists: [[Raw2; 2]; 1],
    #[until(Raw2(0))]
    ended: Vec<Raw2>,
    #[len_prefixed(u8)]
    attempt: framewright::Attempt<Conditional>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Raw2(u16);

#[test]
fn values_without_parts_are_hex() {
    let parts = |pairs, ended, attempt: &'static [u8]| Parts {
        pair: (1, Raw2(2)),
        pairs,
        lists: [[Raw2(3), Raw2(4)]],
        ended,
        attempt: framewright::Attempt::Bytes(attempt.into()),
    };
    is(
        &parts(vec![(5, Raw2(6)), (7, Raw2(8))], vec![Raw2(9)], b"\x01"),
        r#"{
  "pair": "0x010002",
  "pairs": ["0x050006", "0x070008"],
  "lists": [[3, 4]],
  "ended": [9],
  "attempt": "0x01"
}"#,
    );
    is(
        &parts(vec![], vec![], b""),
        r#"{"pair": "0x010002", "pairs": [], "lists": [[3, 4]], "ended": [], "attempt": "0x"}"#,
    );
}

/// Cuts out, doubles and replaces every character. Nothing may panic, and JSON that is accepted
/// must give bytes that decode.
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
fn an_attempt_is_its_frame_or_bytes() {
    use framewright::Attempt;

    #[derive(Frame, Debug)]
    struct Outer(#[len_prefixed(u8)] Attempt<Wire>);

    #[derive(Frame, Debug)]
    #[frame(be)]
    struct Wire {
        id: u16,
        on: bool,
    }

    is(&Outer(Attempt::Frame(Wire { id: 7, on: true })), "{\"id\": 7, \"on\": true}");
    is(&Outer(Attempt::Bytes(b"\0\x07\x02"[..].into())), "\"0x000702\"");
}

/// Checks an `Attempt` of a tuple whose JSON is that of its only value, which may itself be hex.
#[test]
fn an_attempt_of_one_value_differs_from_its_bytes() {
    use framewright::Attempt;

    #[derive(Frame, Debug)]
    struct Outer {
        #[len_prefixed(u8)]
        j: Attempt<Text>,
        #[len_prefixed(u8)]
        k: Attempt<Raw>,
        #[len_prefixed(u8)]
        o: Attempt<Maybe>,
    }

    #[derive(Frame, Debug)]
    struct Text(#[len_prefixed(u8)] String);

    #[derive(Frame, Debug)]
    struct Raw(#[len_prefixed(u8)] Vec<u8>);

    #[derive(Frame, Debug)]
    struct Maybe(#[optional] Option<u8>);

    is(
        &Outer {
            j: Attempt::Frame(Text("0x01".into())),
            k: Attempt::Frame(Raw(vec![5, 1])),
            o: Attempt::Frame(Maybe(Some(7))),
        },
        "{\"j\": \"0x01\", \"k\": \"0x0501\", \"o\": 7}",
    );
    let bytes = |bytes: &'static [u8]| bytes.into();
    is(
        &Outer {
            j: Attempt::Bytes(bytes(&[5, 1])),
            k: Attempt::Bytes(bytes(&[5, 1])),
            o: Attempt::Bytes(bytes(&[5, 1])),
        },
        "{\n  \"j\": {\"as bytes\": \"0x0501\"},\n  \"k\": {\"as bytes\": \"0x0501\"},\n  \"o\": {\"as bytes\": \"0x0501\"}\n}",
    );
}

/// Checks that the placeholder of a checksum in the draft does not end the frame.
#[test]
fn a_sum_within_a_delimited_frame() {
    #[derive(Frame, Debug)]
    #[frame(be, until(b"\0"))]
    struct Line {
        a: u8,
        #[checksum(Crc32, over = ..)]
        sum: Auto<u32>,
        b: Inner,
    }

    #[derive(Frame, Debug)]
    #[frame(be)]
    struct Inner {
        #[checksum(Crc32, over = n)]
        sum: Auto<u32>,
        n: u8,
    }

    let line = Line { a: 2, sum: Auto::new(), b: Inner { sum: Auto::new(), n: 1 } };
    is(&line, "{\"a\": 2, \"b\": {\"n\": 1}}");
}

#[test]
fn a_plain_enum_in_bits_is_its_name() {
    #[derive(Frame, Debug, PartialEq, Clone, Copy)]
    enum Level {
        Low,
        High = 5,
    }

    #[derive(Frame, Debug, PartialEq, Clone, Copy)]
    #[repr(i8)]
    enum Sign {
        Less = -1,
        Same = 0,
        More = 1,
    }

    #[derive(Frame, Debug, PartialEq, Clone, Copy)]
    #[frame(tag = u8)]
    enum Known {
        #[tag(1)]
        One,
        #[tag(_)]
        Other(u8),
    }

    #[derive(Frame, Debug, PartialEq)]
    struct Header {
        #[bits(3)]
        level: Level,
        #[bits(2)]
        sign: Sign,
        #[bits(3)]
        known: Known,
    }
    let header = Header { level: Level::High, sign: Sign::Less, known: Known::One };
    is(&header, r#"{"level": "High", "sign": "Less", "known": "One"}"#);
    assert_eq!(header.to_vec().unwrap(), [0b1011_1001]);
    let header = Header { level: Level::Low, sign: Sign::More, known: Known::Other(6) };
    is(&header, r#"{"level": "Low", "sign": "More", "known": {"Other": 6}}"#);
    fails::<Header>(
        r#"{"level":"Lower","sign":"More","known":"One"}"#,
        "Header.level: unknown variant `Lower`, expected one of `Low`, `High`",
    );
    let dump = header.dump().to_string();
    for part in ["= 0 = Low", "= 1 = More", "= 6 = Other"] {
        assert!(dump.contains(part), "{dump}");
    }
    assert!(Header::SCHEMA.to_string().contains("3 bits at 5 of u8, Level"), "{}", Header::SCHEMA);
    framewright::testing::laws([header]);
}

#[test]
fn lengths_of_ranges_that_begin_or_end_with_what_is_skipped() {
    #[derive(Frame, Debug, PartialEq)]
    struct Begins {
        #[len_of(note..)]
        len: Auto<u8>,
        #[skip]
        note: u32,
        body: u8,
        #[rest]
        more: Vec<u8>,
    }
    is(&Begins { len: Auto::new(), note: 0, body: 7, more: vec![8, 9] }, r#"{"body": 7, "more": "0x0809"}"#);

    #[derive(Frame, Debug, PartialEq)]
    struct Ends {
        #[len_of(body..=note)]
        len: Auto<u8>,
        body: u8,
        #[len_prefixed(u8)]
        more: Vec<u8>,
        #[skip]
        note: u32,
    }
    is(&Ends { len: Auto::new(), body: 7, more: vec![8, 9], note: 0 }, r#"{"body": 7, "more": "0x0809"}"#);
}

#[test]
fn values_that_a_constant_marks_as_absent() {
    const NOTHING: u16 = 0xffff;
    const SOME: u8 = 3;
    const NONE: u8 = 4;

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Absent {
        #[len_prefixed(u16, none = NOTHING)]
        text: Option<String>,
        #[presence_of(number, some = SOME, none = NONE)]
        there: Auto<u8>,
        number: Option<u8>,
    }
    is(&Absent { text: None, there: Auto::new(), number: Some(1) }, r#"{"text": null, "number": 1}"#);
    is(
        &Absent { text: Some("a".into()), there: Auto::new(), number: None },
        r#"{"text": "a", "number": null}"#,
    );
}

#[test]
fn an_optional_value_of_no_bytes_at_the_end() {
    #[derive(Frame, Debug, PartialEq)]
    struct Ends {
        kind: u8,
        #[optional]
        #[rest]
        more: Option<Vec<u8>>,
    }
    is(&Ends { kind: 1, more: None }, r#"{"kind": 1, "more": null}"#);
    is(&Ends { kind: 1, more: Some(vec![2]) }, r#"{"kind": 1, "more": "0x02"}"#);
    fails::<Ends>(
        r#"{"kind": 1, "more": ""}"#,
        "Ends.more: it has no bytes and nothing follows, so it would be read as absent",
    );
}

#[test]
fn a_scaled_length_of_what_has_lengths_of_its_own() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(len_prefixed(u8, scale = 4))]
    struct Words {
        #[wire(varint)]
        #[count_of(items)]
        count: Auto<u32>,
        items: Vec<u8>,
    }
    let items = vec![1; 130];
    let shown = format!("{{\n  \"items\": \"0x{}\"\n}}", "01".repeat(130));
    is(&Words { count: Auto::new(), items }, &shown);
    fails::<Words>(r#"{"items": "0x0102"}"#, "Words.len: 3 bytes are not a multiple of 4");
}

/// Checks a place whose size follows from other values.
#[test]
fn a_place_as_large_as_an_auto_says() {
    #[derive(Frame, Debug)]
    #[frame(be)]
    struct Placed {
        #[presence_of(tag, some = 0)]
        len: Auto<u8>,
        #[count_of(list)]
        #[bits(4)]
        count: Auto<u8>,
        #[bits(4)]
        n: u8,
        tag: Option<u16>,
        #[len(len, until = b"@")]
        out: String,
        #[len(usize::from(count) + usize::from(n), until = 0)]
        name: String,
        list: Vec<u8>,
    }

    let value = Placed {
        len: Auto::new(),
        count: Auto::new(),
        n: 3,
        tag: None,
        out: String::new(),
        name: "a".into(),
        list: vec![1, 2],
    };
    assert_eq!(value.to_vec().unwrap(), b"\x01\x23@a\0\0\0\0\x01\x02");
    is(&value, "{\"n\": 3, \"tag\": null, \"out\": \"\", \"name\": \"a\", \"list\": \"0x0102\"}");
}
