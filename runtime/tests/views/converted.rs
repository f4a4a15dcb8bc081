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

/// A number of words on the wire. The conversion to a length multiplies it.
impl From<Size> for usize {
    fn from(size: Size) -> Self {
        Self::from(size.0) * 4
    }
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(tag = u8)]
enum Kind {
    #[tag(7)]
    A,
    #[tag(9)]
    B,
}

/// A conversion by `From` or `as` need not give the number on the wire.
#[test]
fn conversions_of_other_types_are_computed_by_rust_alone() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct OfConversion {
        #[wire(u16)]
        size: Size,
        #[len(usize::from(size))]
        data: Vec<u8>,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct OfEnum {
        kind: Kind,
        #[len(kind as usize)]
        data: Vec<u8>,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct OfLiterals {
        size: u8,
        #[len(size as usize + (1 + 2) as usize)]
        data: Vec<u8>,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct OfChoices {
        wide: bool,
        kind: u8,
        n: u8,
        #[len((if wide { 4 } else { 2 }) as usize)]
        a: Vec<u8>,
        #[len(match kind { 1 => 4, 2 => 8, _ => 0 } as usize)]
        b: Vec<u8>,
        #[len((256 >> n) as usize)]
        c: Vec<u8>,
        #[len((1 << n) as u16)]
        d: Vec<u8>,
        #[when((3 - 1) as u8 == kind)]
        e: Option<u8>,
        #[when(kind & !3 as u8 != 0)]
        f: Option<u8>,
        #[len((kind as i8) as u8 as usize)]
        g: Vec<u8>,
    }
    only_in_rust(OfConversion { size: Size(1), data: vec![1, 2, 3, 4] });
    only_in_rust(OfEnum { kind: Kind::A, data: vec![] });
    only_in_rust(OfEnum { kind: Kind::B, data: vec![1] });
    let lua = OfLiterals::SCHEMA.wireshark(7).to_string();
    assert!(lua.contains(r#"return (v["size"] + 3) end"#), "{lua}");
    let (lua, kaitai) = (OfChoices::SCHEMA.wireshark(7).to_string(), OfChoices::SCHEMA.kaitai().to_string());
    assert_eq!(lua.matches("len(function(v) return").count(), 5, "{lua}");
    assert!(lua.contains("252") && lua.contains(", 255) end"), "{lua}");
    // It is an `i32` that is cut to 16 bits.
    assert!(lua.contains(", 65535) end"), "{lua}");
    assert!(!kaitai.contains("cannot express"), "{kaitai}");
}

/// The items that end these lists are recognised by their values in Rust.
#[test]
fn last_items_that_are_converted_are_recognised_by_rust_alone() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct OfFrames {
        #[wire(Words)]
        #[until(|item| item.length == 8)]
        items: Vec<Header>,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct OfNumbers {
        #[wire(u16)]
        #[until(|item| item.0 == 0)]
        items: Vec<Size>,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct OfTuples {
        #[until(|item| item.0 == 0)]
        items: Vec<(u8, u8)>,
    }
    #[track_caller]
    fn only_in_rust<T: OwnedFrame + PartialEq + std::fmt::Debug>(value: T) {
        let (lua, kaitai) = (T::SCHEMA.wireshark(7).to_string(), T::SCHEMA.kaitai().to_string());
        assert!(!lua.contains("function(item)"), "{lua}");
        assert!(kaitai.contains("# Kaitai cannot express"), "{kaitai}");
        let python = T::SCHEMA.python().generate().unwrap_err().to_string();
        assert!(python.contains("items: only Rust can compute"), "{python}");
        assert!(T::SCHEMA.typescript().generate().is_err());
        assert_eq!(T::decode(&value.to_vec().unwrap()).unwrap(), value);
    }
    only_in_rust(OfFrames { items: vec![Header { length: 32 }, Header { length: 8 }] });
    only_in_rust(OfNumbers { items: vec![Size(1), Size(0)] });
    only_in_rust(OfTuples { items: vec![(1, 0), (0, 1)] });
}

/// Items with words of their own are hidden frames.
#[test]
fn last_items_are_recognised() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct OfFrames {
        #[until(|item| item.length == 0)]
        items: Vec<Words>,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Prefixed {
        #[each(len_prefixed(u8))]
        #[until(|item| item.length == 0)]
        items: Vec<Words>,
    }
    let lua = OfFrames::SCHEMA.wireshark(7).to_string();
    assert!(lua.contains(r#"return (item["length"] == 0) end"#), "{lua}");
    let lua = Prefixed::SCHEMA.wireshark(7).to_string();
    assert!(lua.contains(r#"return (item["0"]["length"] == 0) end"#), "{lua}");
    let kaitai = Prefixed::SCHEMA.kaitai().to_string();
    assert!(kaitai.contains("repeat-until: (_.f0.length == 0)"), "{kaitai}");
    let words = |length| Words { length };
    laws([OfFrames { items: vec![words(2), words(0)] }]);
    laws([Prefixed { items: vec![words(2), words(0)] }]);
}
