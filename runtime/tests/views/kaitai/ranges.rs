//! Tests of the lengths of ranges of fields.

use super::{assert_members, parsed};
use framewright::prelude::*;

/// A range in ranges counts from the start of the frame, or from a field outside of them.
#[test]
fn ranges_in_ranges_compile() {
    #[derive(Frame, Debug, PartialEq)]
    struct Starts {
        kind: u8,
        #[len_of(..)]
        all: Auto<u8>,
        #[len_of(..=b)]
        most: Auto<u8>,
        #[len_of(..=a)]
        some: Auto<u8>,
        a: u8,
        b: u8,
        c: u8,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Fields {
        kind: u8,
        #[len_of(kind..)]
        all: Auto<u8>,
        #[len_of(kind..=a)]
        some: Auto<u8>,
        a: u8,
        b: u8,
    }
    let (all, most, some) = (Auto::new(), Auto::new(), Auto::new());
    let starts = Starts { kind: 1, all, most, some, a: 2, b: 3, c: 4 };
    let Some(json) = parsed(Starts::SCHEMA, &starts.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""a":2"#, r#""b":3"#, r#""c":4"#]);
    let fields = Fields { kind: 1, all: Auto::new(), some: Auto::new(), a: 2, b: 3 };
    let Some(json) = parsed(Fields::SCHEMA, &fields.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""undescribed":"0203""#]);
}

/// A range may begin with a bit field.
#[test]
fn ranges_begin_with_bit_fields() {
    #[derive(Frame, Debug, PartialEq)]
    struct Flagged {
        kind: u8,
        #[bits(4)]
        a: u8,
        #[bits(4)]
        b: u8,
        #[len_of(a..)]
        len: Auto<u8>,
        #[rest]
        data: String,
    }
    let flagged = Flagged { kind: 1, a: 2, b: 3, len: Auto::new(), data: "xy".into() };
    let Some(json) = parsed(Flagged::SCHEMA, &flagged.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""a":2,"b":3"#, r#""len":4"#, r#""data":"xy""#]);
}
