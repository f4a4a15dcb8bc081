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
