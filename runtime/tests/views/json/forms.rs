//! Tests of the JSON of each kind of value.

use std::fmt::Debug;

use framewright::json::to_json;
use framewright::prelude::*;

use super::{Conditional, fails, gives, is, nested};

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
fn values_in_values() {
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
  "pair": [1, 2],
  "pairs": [[5, 6], [7, 8]],
  "lists": [[3, 4]],
  "ended": [9],
  "attempt": "0x01"
}"#,
    );
    is(
        &parts(vec![], vec![], b""),
        r#"{"pair": [1, 2], "pairs": [], "lists": [[3, 4]], "ended": [], "attempt": "0x"}"#,
    );
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

/// Checks `Attempt`s of tuple structs with one field. Their JSON is the JSON of this field, which
/// may be hex, like the JSON of malformed bytes.
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
