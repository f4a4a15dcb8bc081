//! Tests of `fixed(N, fill = v)` on lists whose items have several bytes.

use super::{refused, round, samples_of, unwritable};
use framewright::prelude::*;

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Slots {
    #[fixed(8, fill = 0xff)]
    words: Vec<u16>,
    #[fixed(7, fill = 0)]
    pairs: Box<[(u8, u16)]>,
}

#[test]
fn a_list_ends_where_only_padding_is_left() {
    let slots = Slots { words: vec![1, 0x02ff], pairs: Box::new([(1, 0)]) };
    round(slots.clone(), b"\0\x01\x02\xff\xff\xff\xff\xff\x01\0\0\0\0\0\0");
    round(Slots { words: vec![], pairs: Box::new([]) }, b"\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0");
    round(
        Slots { words: vec![1, 2, 3, 4], pairs: Box::new([(0, 1), (0, 2)]) },
        b"\0\x01\0\x02\0\x03\0\x04\0\0\x01\0\0\x02\0",
    );
    samples_of::<Slots>();
    assert!(unwritable(Slots { words: vec![0xffff], ..slots.clone() }).contains("0xff"));
    assert!(unwritable(Slots { words: vec![0; 5], ..slots.clone() }).contains("8"));
    assert!(unwritable(Slots { pairs: Box::new([(1, 1); 3]), ..slots }).contains("7"));
    assert!(refused::<Slots>(b"\0\x01\x02\xff\xff\xff\xff\xff\x01\0\0\0\0\0\x09").contains("Slots.pairs"));
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Names {
    #[fixed(8, fill = 0)]
    #[each(len_prefixed(u8))]
    names: Vec<Vec<u8>>,
    #[fixed(5, fill = 0xff)]
    #[wire(varint)]
    numbers: Vec<u32>,
    sum: u8,
}

fn names(names: &[&[u8]], numbers: &[u32]) -> Names {
    Names { names: names.iter().map(|name| name.to_vec()).collect(), numbers: numbers.to_vec(), sum: 9 }
}

#[test]
fn variable_length_items_are_read_until_only_padding_is_left() {
    round(names(&[b"ab", b"c"], &[300, 1]), b"\x02ab\x01c\0\0\0\xac\x02\x01\xff\xff\x09");
    round(names(&[], &[]), b"\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\x09");
    // An item may end with the padding byte. Only the last item must not consist of padding bytes.
    round(names(&[b"\0", b"", b"\0\0"], &[127]), b"\x01\0\0\x02\0\0\0\0\x7f\xff\xff\xff\xff\x09");
    round(names(&[b"abcdefg"], &[1, 2, 3, 4, 5]), b"\x07abcdefg\x01\x02\x03\x04\x05\x09");
    samples_of::<Names>();
    assert!(unwritable(names(&[b"a", b""], &[])).starts_with("Names.names"), "the last item is all fill");
    assert!(unwritable(names(&[b"abcdefgh"], &[])).starts_with("Names.names"));
    let error = refused::<Names>(b"\x02ab\x09c\0\0\0\xff\xff\xff\xff\xff\x09");
    assert!(error.starts_with("Names.names[1]"), "{error}");
    let error = refused::<Names>(b"\x02ab\0\0\0\0\0\x01\xff\xff\xff\x80\x09");
    assert!(error.starts_with("Names.numbers[1]"), "{error}");
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Place {
    #[fixed(8, fill = 0x20)]
    inner: Inner,
    there: u8,
    #[when(there == 1)]
    #[fixed(6, fill = 0)]
    boxed: Option<Box<Inner>>,
    last: u8,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Inner {
    id: u16,
    #[len_prefixed(u8)]
    name: String,
}

fn inner(id: u16, name: &str) -> Inner {
    Inner { id, name: name.into() }
}

#[test]
fn a_padded_frame_is_self_delimiting() {
    let place = Place { inner: inner(7, "ab "), there: 1, boxed: Some(Box::new(inner(0, ""))), last: 9 };
    round(place.clone(), b"\0\x07\x03ab   \x01\0\0\0\0\0\0\x09");
    round(
        Place { inner: inner(0x2020, "     "), there: 0, boxed: None, last: 9 },
        b"\x20\x20\x05     \0\x09",
    );
    samples_of::<Place>();
    let error = unwritable(Place { inner: inner(7, "abcdef"), ..place });
    assert!(error.starts_with("Place.inner"), "{error}");
    let error = refused::<Place>(b"\0\x07\x01a !  \0\x09");
    assert!(error.starts_with("Place.inner at byte 4"), "{error}");
    let error = refused::<Place>(b"\0\x07\x09a    \0\x09");
    assert!(error.starts_with("Place.inner.name"), "{error}");
    let shown = framewright::view::dump_bytes::<Place>(b"\0\x07\x03ab   \0\x09").to_string();
    assert!(shown.contains("inner.fill") && shown.contains("inner.name"), "{shown}");
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, ctx(wide: bool))]
struct Sized {
    #[when(wide)]
    high: Option<u16>,
    low: u8,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Handed {
    wide: bool,
    #[fixed(4, fill = 0)]
    #[ctx(wide)]
    one: Sized,
    #[fixed(7, fill = 0xee)]
    #[ctx(wide)]
    several: Vec<Sized>,
    #[fixed(6, fill = b' ')]
    #[separated(b",")]
    words: Vec<String>,
    #[fixed(4, fill = 0)]
    #[wire(Held, whole)]
    held: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Held(#[len_prefixed(u8)] Vec<u8>);

impl From<Held> for Vec<u8> {
    fn from(held: Held) -> Self {
        held.0
    }
}

impl From<Vec<u8>> for Held {
    fn from(held: Vec<u8>) -> Self {
        Self(held)
    }
}

#[test]
fn frames_with_context_are_padded_too() {
    let one = |high: Option<u16>, low| Sized { high, low };
    let handed = |wide: bool, several: Vec<Sized>, words: &[&str]| Handed {
        wide,
        one: one(wide.then_some(1), 2),
        several,
        words: words.iter().map(|word| word.to_string()).collect(),
        held: vec![0, 0],
    };
    round(
        handed(true, vec![one(Some(3), 4)], &["a", "bc"]),
        b"\x01\0\x01\x02\0\0\x03\x04\xee\xee\xee\xeea,bc  \x02\0\0\0",
    );
    round(
        handed(false, vec![one(None, 3), one(None, 4)], &[]),
        b"\0\x02\0\0\0\x03\x04\xee\xee\xee\xee\xee      \x02\0\0\0",
    );
    assert!(unwritable(handed(false, vec![one(None, 0xee)], &[])).starts_with("Handed.several"));
    assert!(unwritable(handed(false, vec![], &["a "])).starts_with("Handed.words"));
    samples_of::<Handed>();
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Slack {
    size: u8,
    #[len(size, lenient)]
    inner: Inner,
    #[fixed(6, lenient)]
    other: Inner,
}

#[test]
fn ignored_bytes_after_a_frame_are_written_as_zeros() {
    let slack = Slack { size: 5, inner: inner(1, "a"), other: inner(2, "") };
    let bytes = b"\x05\0\x01\x01a\0\0\x02\0\0\0\0";
    round(slack.clone(), bytes);
    assert_eq!(Slack::decode(b"\x05\0\x01\x01a\xff\0\x02\0abc").unwrap(), slack);
    assert!(unwritable(Slack { size: 3, ..slack.clone() }).starts_with("Slack.inner"));
    assert!(unwritable(Slack { other: inner(2, "abcd"), ..slack }).starts_with("Slack.other"));
    samples_of::<Slack>();
}
