//! Declarations with delimiters that may be missing, and with fields that depend on their position.

use framewright::checksum::Xor8;
use framewright::prelude::*;

/// If `behind` is empty, the encoder removes the delimiter after `word` again, so the delimiter of
/// the frame follows directly after `word`.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, until(b"\r\n"))]
pub(super) struct TakenBack {
    #[checksum(Xor8, over = word..=word)]
    sum: Auto<u8>,
    #[checksum(Xor8, over = word..)]
    whole: Auto<u8>,
    #[offset_of(behind)]
    at: Auto<u8>,
    #[until(b" ", between)]
    word: String,
    #[rest]
    behind: Vec<u8>,
}

/// Ranges whose last field has an optional delimiter or may be absent. Only the bytes inside the
/// range count as following that field.
#[derive(Frame, Debug, PartialEq, Clone)]
pub(super) struct Enclosed {
    #[len_of(first..=text)]
    len: Auto<u8>,
    first: u8,
    #[until(b",", left, optional)]
    text: String,
    #[len_of(second..=led)]
    len_of_led: Auto<u8>,
    second: u8,
    #[lead(b"\x07")]
    led: Option<u8>,
    last: u8,
}

pub(super) fn taken_back() -> Vec<TakenBack> {
    let value = |word: &str, behind: &[u8]| TakenBack {
        sum: Auto::new(),
        whole: Auto::new(),
        at: Auto::new(),
        word: word.into(),
        behind: behind.to_vec(),
    };
    [value("ab", b""), value("", b""), value("ab", b"c")].into()
}

pub(super) fn enclosed() -> Vec<Enclosed> {
    let value = |led, last| Enclosed {
        len: Auto::new(),
        first: 1,
        text: "ab".into(),
        len_of_led: Auto::new(),
        second: 2,
        led,
        last,
    };
    [value(Some(3), 7), value(None, 7)].into()
}
