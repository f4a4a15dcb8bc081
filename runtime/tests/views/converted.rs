//! Tests of expressions over values that are not on the wire as they are in Rust: converted values
//! and tuples. Other readers must not take what is on the wire for the value.

use framewright::prelude::*;
use framewright::testing::laws;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Size(u16);

impl From<u16> for Size {
    fn from(number: u16) -> Self {
        Self(number)
    }
}

impl From<Size> for u16 {
    fn from(size: Size) -> Self {
        size.0
    }
}

/// A number of words on the wire, a number of bytes in Rust.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Words {
    length: u16,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Header {
    length: u16,
}

impl From<Words> for Header {
    fn from(words: Words) -> Self {
        Self { length: words.length.saturating_mul(4) }
    }
}

impl From<Header> for Words {
    fn from(header: Header) -> Self {
        Self { length: header.length / 4 }
    }
}

impl From<Words> for u16 {
    fn from(words: Words) -> Self {
        Header::from(words).length
    }
}

impl From<u16> for Words {
    fn from(length: u16) -> Self {
        Header { length }.into()
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct OfNumber {
    #[wire(u16)]
    size: Size,
    #[len(size.0 - 1)]
    data: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct OfFrame {
    #[wire(Words)]
    header: Header,
    #[len(header.length)]
    data: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct ToNumber {
    #[wire(Words)]
    length: u16,
    #[len(length)]
    data: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct OfTuple {
    range: (u16, u16),
    #[len(range.1)]
    data: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct SameNumber {
    #[wire(u16)]
    size: usize,
    #[len(size)]
    data: Vec<u8>,
}

/// Checks that no other reader computes the size of `data`.
#[track_caller]
fn only_in_rust<T: OwnedFrame + PartialEq + std::fmt::Debug>(value: T) {
    let (lua, kaitai) = (T::SCHEMA.wireshark(7).to_string(), T::SCHEMA.kaitai().to_string());
    assert!(!lua.contains("len(function(v) return"), "{lua}");
    assert!(kaitai.contains("# Kaitai cannot express"), "{kaitai}");
    let python = T::SCHEMA.python().generate().unwrap_err().to_string();
    assert!(python.contains("data: only Rust can compute"), "{python}");
    assert!(T::SCHEMA.typescript().generate().is_err());
    laws([value]);
}

#[test]
fn converted_values_are_computed_by_rust_alone() {
    only_in_rust(OfNumber { size: Size(3), data: vec![1, 2] });
    only_in_rust(OfFrame { header: Header { length: 4 }, data: vec![1, 2, 3, 4] });
    only_in_rust(ToNumber { length: 4, data: vec![1, 2, 3, 4] });
    let error = OfNumber::decode(&[0, 0]).unwrap_err().to_string();
    assert!(error.contains("`size.0 - 1` has no value"), "{error}");
}

#[test]
fn numbers_and_tuples_are_read() {
    let lua = OfTuple::SCHEMA.wireshark(7).to_string();
    assert!(lua.contains(r#"len(function(v) return v["range.1"] end"#), "{lua}");
    laws([OfTuple { range: (0, 1), data: vec![7] }]);
    let lua = SameNumber::SCHEMA.wireshark(7).to_string();
    assert!(lua.contains(r#"len(function(v) return v["size"] end"#), "{lua}");
    laws([SameNumber { size: 1, data: vec![7] }]);
}
