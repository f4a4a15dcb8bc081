//! Tests of `varint(padded)`, which accepts forms longer than the shortest.

use super::{refused, round, samples_of};
use framewright::prelude::*;

#[derive(Frame, Debug, PartialEq, Clone)]
struct Padded {
    #[wire(varint(padded))]
    number: u32,
    #[len_prefixed(varint(padded, max = 2))]
    text: String,
    #[wire(varint(max = 3, padded))]
    small: u16,
}

#[test]
fn longer_forms_are_accepted_and_not_written() {
    let padded = Padded { number: 300, text: "a".into(), small: 1 };
    round(padded.clone(), b"\xac\x02\x01a\x01");
    assert_eq!(Padded::decode(b"\xac\x82\x80\x00\x81\x00a\x81\x80\x00").unwrap(), padded);
    assert_eq!(Padded::decode(b"\xac\x82\x80\x80\x00\x01a\x01").unwrap(), padded);
    assert!(refused::<Padded>(b"\xac\x82\x80\x80\x80\x00\x01a\x01").contains("at most 5 bytes"));
    assert!(refused::<Padded>(b"\x01\x81\x80\x00a\x01").contains("at most 2 bytes"));
    samples_of::<Padded>();
    assert!(Padded::SCHEMA.to_string().contains("varint(padded)"), "{}", Padded::SCHEMA);
}
