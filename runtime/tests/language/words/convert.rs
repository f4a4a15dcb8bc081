//! Tests of `#[wire(T)]` together with an extent, with context, by reference, and for a whole list.

use super::{refused, round, unwritable};
use framewright::prelude::*;

/// Text with masked bytes.
#[derive(Frame, Debug, PartialEq, Clone)]
struct Masked(#[rest] Vec<u8>);

impl From<String> for Masked {
    fn from(text: String) -> Self {
        Self(text.bytes().map(|byte| byte ^ 0x55).collect())
    }
}

impl From<&Vec<u8>> for Masked {
    fn from(bytes: &Vec<u8>) -> Self {
        Self(bytes.iter().map(|byte| byte ^ 0x55).collect())
    }
}

impl TryFrom<Masked> for String {
    type Error = std::string::FromUtf8Error;

    fn try_from(masked: Masked) -> Result<Self, Self::Error> {
        Self::from_utf8(masked.0.into_iter().map(|byte| byte ^ 0x55).collect())
    }
}

impl From<Masked> for Vec<u8> {
    fn from(masked: Masked) -> Self {
        masked.0.into_iter().map(|byte| byte ^ 0x55).collect()
    }
}

/// Bytes whose count is the context.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(ctx(len: u8))]
struct Sized(#[len(len)] Vec<u8>);

#[derive(Debug)]
struct NoLetter;

impl std::fmt::Display for NoLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a letter")
    }
}

impl TryFrom<Sized> for String {
    type Error = NoLetter;

    fn try_from(sized: Sized) -> Result<Self, NoLetter> {
        let letters = sized.0.iter().all(u8::is_ascii_lowercase);
        letters.then(|| sized.0.iter().map(|byte| char::from(*byte)).collect()).ok_or(NoLetter)
    }
}

impl TryFrom<String> for Sized {
    type Error = NoLetter;

    fn try_from(text: String) -> Result<Self, NoLetter> {
        let letters = text.bytes().all(|byte| byte.is_ascii_lowercase());
        letters.then(|| Self(text.into_bytes())).ok_or(NoLetter)
    }
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Converted {
    #[len_prefixed(u16)]
    #[wire(Masked)]
    text: String,
    #[len_of(more)]
    len: Auto<u8>,
    size: u8,
    #[wire(Masked)]
    more: String,
    #[wire(Sized)]
    #[ctx(size)]
    word: String,
    #[len_prefixed(u8)]
    #[wire(Masked, whole, by_ref)]
    bytes: Vec<u8>,
    #[len_prefixed(u8)]
    #[wire(Masked)]
    #[when(size == 2)]
    maybe: Option<String>,
    #[count_prefixed(u8)]
    #[each(len_prefixed(varint), wire(Masked))]
    all: Vec<String>,
}

fn converted() -> Converted {
    Converted {
        text: "ab".into(),
        len: Auto::new(),
        size: 2,
        more: "c".into(),
        word: "xy".into(),
        bytes: vec![0, 1],
        maybe: Some("d".into()),
        all: vec!["e".into(), String::new()],
    }
}

#[test]
fn a_value_that_fills_an_extent_may_be_converted() {
    round(converted(), b"\0\x024\x37\x01\x02\x36xy\x02\x55\x54\x01\x31\x02\x01\x30\0");
    assert_eq!(
        refused::<Converted>(b"\0\x01\xff"),
        "Converted.text at byte 2: not a valid String: invalid utf-8 sequence of 1 bytes from index 0"
    );
    assert!(refused::<Converted>(b"\0\0\0\x01X").contains("not a letter"));
    let error = unwritable(Converted { word: "XY".into(), ..converted() });
    assert!(error.starts_with("Converted.word: ") && error.contains("not a letter"), "{error}");
    assert!(unwritable(Converted { word: "xyz".into(), ..converted() }).starts_with("Converted.word"));
    assert_eq!(Converted { word: "X".into(), ..converted() }.encoded_len(), converted().encoded_len() - 2);
}
