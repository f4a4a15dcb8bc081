//! Tests of JSON in which a field is absent or present, or a frame is malformed, against the value whose
//! bytes it has.

use framewright::prelude::*;

use super::structure::{not_given, refused};
use super::{gives, is};

#[test]
fn conditions_decide_on_presence() {
    #[derive(Frame, Debug)]
    struct When {
        k: u8,
        #[when(k == 1)]
        a: Option<u8>,
        #[rest]
        b: Vec<u8>,
    }

    let when = |k, a, b: &[u8]| When { k, a, b: b.into() };
    is(&when(1, Some(1), &[2]), r#"{"k": 1, "a": 1, "b": "0x02"}"#);
    refused(
        &when(1, None, &[1, 2]),
        r#"{"k": 1, "a": null, "b": "0x0102"}"#,
        "When.a: expected a value, found null",
    );
    refused(
        &when(0, Some(5), &[1, 2]),
        r#"{"k": 0, "a": 5, "b": "0x0102"}"#,
        "When.a: expected null, found a value",
    );

    #[derive(Frame, Debug)]
    struct Optional {
        #[len_prefixed(u8)]
        within: Within,
        z: u8,
    }

    #[derive(Frame, Debug)]
    struct Within {
        x: u8,
        #[optional]
        a: Option<u8>,
        #[optional]
        b: Option<u8>,
    }

    let optional = |a, b| Optional { within: Within { x: 1, a, b }, z: 9 };
    is(&optional(Some(2), None), r#"{"within": {"x": 1, "a": 2, "b": null}, "z": 9}"#);
    refused(
        &optional(None, Some(3)),
        r#"{"within": {"x": 1, "b": 3}, "z": 9}"#,
        "Optional.within.a: expected a value, found null",
    );
}

/// Fields do not decode as the frame that the JSON shows, but as its malformed bytes.
#[test]
fn an_attempt_that_fails_is_no_frame() {
    use framewright::Attempt;

    #[derive(Frame, Debug)]
    struct Outer(#[len_prefixed(u8)] Attempt<Checked>);

    #[derive(Frame, Debug)]
    #[frame(check(low < high, "low must be less"))]
    struct Checked {
        low: u8,
        high: u8,
    }

    let outer = |low, high| Outer(Attempt::Frame(Checked { low, high }));
    is(&outer(1, 2), r#"{"low": 1, "high": 2}"#);
    gives(r#""0x0201""#, &Outer(Attempt::Bytes([2, 1][..].into())));
    refused(
        &outer(2, 1),
        r#"{"low": 2, "high": 1}"#,
        "Outer.0: expected bytes that are malformed, found a valid frame",
    );
}

/// Bytes that decoding ignores do not belong to the value, and a value that the JSON contains as bytes
/// is not compared.
#[test]
fn other_bytes_of_the_same_value_are_accepted() {
    #[derive(Frame, Debug)]
    struct Outer {
        #[until(b"\r\n" | b"\n")]
        line: String,
        #[fixed(4, lenient)]
        inner: Inner,
        #[fixed(3, until = 0)]
        place: Vec<u8>,
        #[len_prefixed(u8)]
        list: Vec<Inner>,
        pair: (u8, Inner),
    }

    #[derive(Frame, Debug)]
    struct Inner {
        #[none(255)]
        a: Option<u8>,
        #[len_prefixed(u8)]
        b: Vec<u8>,
    }

    let inner = |a| Inner { a, b: vec![7] };
    let outer = Outer {
        line: "a".into(),
        inner: inner(None),
        place: vec![1],
        list: vec![inner(Some(1)), inner(None)],
        pair: (5, inner(None)),
    };
    let text = r#"{
  "line": "a",
  "inner": {"a": null, "b": "0x07"},
  "place": "0x01",
  "list": [{"a": 1, "b": "0x07"}, {"a": null, "b": "0x07"}],
  "pair": [5, {"a": null, "b": "0x07"}]
}"#;
    is(&outer, text);
    let hex = r#"{"line": "a", "inner": "0xff0107", "place": "0x01", "list": "0x010107ff0107", "pair": "0x05ff0107"}"#;
    gives(hex, &outer);
    let mixed = r#"{"line": "a", "inner": {"b": "0x07"}, "place": "0x01", "list": ["0x010107", "0xff0107"], "pair": [5, "0xff0107"]}"#;
    gives(mixed, &outer);
}

/// A value that is there is not `null`, although the JSON of its type may be.
#[test]
fn optional_values_that_are_null_inside() {
    #[derive(Frame, Debug)]
    struct Inner(#[none(0)] Option<u8>);

    #[derive(Frame, Debug)]
    struct Optional {
        #[presence_of(inner)]
        first: Auto<u8>,
        #[presence_of(unit)]
        second: Auto<u8>,
        inner: Option<Inner>,
        unit: Option<()>,
        always: Inner,
    }

    let optional =
        |inner, unit| Optional { first: Auto::new(), second: Auto::new(), inner, unit, always: Inner(None) };
    is(&optional(None, None), r#"{"inner": null, "unit": null, "always": null}"#);
    is(&optional(Some(Inner(Some(1))), None), r#"{"inner": 1, "unit": null, "always": null}"#);
    let there = optional(Some(Inner(None)), Some(()));
    is(&there, r#"{"inner": {"as bytes": "0x00"}, "unit": [], "always": null}"#);
    not_given::<Optional>(
        r#"{"inner": 0, "always": null}"#,
        "Optional.inner.0: expected null, found a value",
    );
}

/// The delimiter of a type is not taken for a field that has the name of that delimiter.
#[test]
fn an_absent_field_with_the_name_of_the_delimiter() {
    #[derive(Frame, Debug)]
    #[frame(until(b"\n"))]
    struct Line {
        a: u8,
        #[optional]
        until: Option<u8>,
    }

    is(&Line { a: 1, until: None }, r#"{"a": 1, "until": null}"#);
    is(&Line { a: 1, until: Some(2) }, r#"{"a": 1, "until": 2}"#);
}

#[test]
fn a_length_that_stands_for_an_absent_value() {
    #[derive(Frame, Debug)]
    struct Lengths {
        #[len_of(d, none = 3)]
        len: Auto<u8>,
        d: Option<Vec<u8>>,
        #[count_prefixed(u8, none = 2)]
        list: Option<Vec<u8>>,
        #[rest]
        z: Vec<u8>,
    }

    let lengths = |d: &[u8], list: &[u8]| Lengths {
        len: Auto::new(),
        d: Some(d.into()),
        list: Some(list.into()),
        z: vec![],
    };
    is(&lengths(&[1], &[2]), r#"{"d": "0x01", "list": "0x02", "z": "0x"}"#);
    for (value, json, field) in [
        (lengths(&[0, 0, 0], &[]), r#"{"d": "0x000000", "list": "0x", "z": "0x"}"#, "d"),
        (lengths(&[0], &[2, 2]), r#"{"d": "0x00", "list": "0x0202", "z": "0x"}"#, "list"),
    ] {
        refused(&value, json, &format!("Lengths.{field}: expected null, found a value"));
    }
}
